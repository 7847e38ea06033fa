package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.access.SecretKey;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Pictures as files. The id is random and ends with the format's extension; the URL is
 * signed over id and expiry.
 */
final class FileMediaStore implements MediaStore {

	private static final Logger logger = LoggerFactory.getLogger(FileMediaStore.class);

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{27}\\.[a-z]{3,4}");

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final String PURPOSE = "media";

	private final Path root;

	private final Duration retention;

	private final SecretKey secret;

	private final PublicUrl publicUrl;

	private final Scheduler disk;

	private final Clock clock;

	FileMediaStore(Path root, Duration retention, SecretKey secret, PublicUrl publicUrl, Scheduler disk, Clock clock) {
		this.root = root;
		this.retention = retention;
		this.secret = secret;
		this.publicUrl = publicUrl;
		this.disk = disk;
		this.clock = clock;
	}

	@Override
	public Mono<String> store(ImageContent content, ImageType type) {
		return Mono.defer(() -> {
			String id = newId(type);
			Path target = path(id);
			Path fresh = target.resolveSibling("." + id);
			return Mono.fromCallable(() -> open(fresh))
				.flatMap(channel -> content.read()
					.publishOn(this.disk, 2)
					.doOnNext(buffer -> write(channel, DiskSpool.copy(buffer)))
					.then(Mono.fromCallable(() -> {
						channel.close();
						Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
						return id;
					}))
					.doOnError(error -> discard(channel, fresh)))
				.subscribeOn(this.disk);
		});
	}

	private static FileChannel open(Path fresh) throws IOException {
		Files.createDirectories(fresh.getParent());
		return FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
	}

	private static void write(FileChannel channel, byte[] bytes) {
		try {
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void discard(FileChannel channel, Path fresh) {
		try {
			channel.close();
			Files.deleteIfExists(fresh);
		}
		catch (IOException ex) {
			logger.warn("{} could not be removed; the purge will", fresh, ex);
		}
	}

	@Override
	public URI signedUrl(String id, Instant expiry) {
		long expiresAt = expiry.getEpochSecond();
		String signature = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(this.secret.sign(PURPOSE, message(id, expiresAt)));
		return URI.create(this.publicUrl.value() + "/media/" + id + "?exp=" + expiresAt + "&sig=" + signature);
	}

	@Override
	public Duration retention() {
		return this.retention;
	}

	@Override
	public Instant expiry() {
		return this.clock.instant().plus(this.retention);
	}

	@Override
	public Mono<StoredImage> open(String id, long expiresAt, String signature) {
		Optional<byte[]> given = decode(signature);
		if (!ID.matcher(id).matches() || given.isEmpty()
				|| !this.secret.verify(PURPOSE, message(id, expiresAt), given.get())) {
			return Mono
				.error(new GatewayError.NotFound("No picture has this address. Use the URL exactly as it was given.")
					.asException());
		}
		if (this.clock.instant().getEpochSecond() >= expiresAt) {
			return Mono.error(expired());
		}
		return find(id);
	}

	@Override
	public Mono<StoredImage> find(String id) {
		ImageType type = ImageType.named(id.substring(id.indexOf('.') + 1)).orElseThrow();
		return Mono.fromCallable(() -> {
			Path path = path(id);
			return new StoredImage(id, new StoredContent(path, Files.size(path), this.disk), type);
		}).subscribeOn(this.disk).onErrorMap(NoSuchFileException.class, gone -> expired());
	}

	@Override
	public Mono<Void> delete(String id) {
		return Mono.<Void>fromCallable(() -> {
			Files.deleteIfExists(path(id));
			return null;
		}).subscribeOn(this.disk);
	}

	private static Throwable expired() {
		return new GatewayError.ResultExpired("The picture's time is over and it was deleted. Make it again.")
			.asException();
	}

	/**
	 * Deletes what is older than the retention; what is being read stays readable to its
	 * end.
	 */
	void purge() {
		Instant oldest = this.clock.instant().minus(this.retention);
		try (Stream<Path> files = Files.walk(this.root, 2)) {
			files.filter(Files::isRegularFile).filter(file -> isOlder(file, oldest)).forEach(file -> {
				try {
					Files.deleteIfExists(file);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
		catch (IOException | UncheckedIOException ex) {
			logger.warn("Expired pictures could not all be deleted; trying again later", ex);
		}
	}

	private static boolean isOlder(Path file, Instant oldest) {
		try {
			return Files.getLastModifiedTime(file).toInstant().isBefore(oldest);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Path path(String id) {
		return this.root.resolve(id.substring(0, 2)).resolve(id);
	}

	private static String newId(ImageType type) {
		byte[] random = new byte[20];
		RANDOM.nextBytes(random);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "." + type.extension();
	}

	private static byte[] message(String id, long expiresAt) {
		return (id + "\n" + expiresAt).getBytes(StandardCharsets.UTF_8);
	}

	private static Optional<byte[]> decode(String signature) {
		try {
			return Optional.of(Base64.getUrlDecoder().decode(signature));
		}
		catch (IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

}
