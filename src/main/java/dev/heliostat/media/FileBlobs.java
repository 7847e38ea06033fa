package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Bytes of kept pictures as files of a directory, spread over subdirectories.
 */
final class FileBlobs implements Blobs {

	private static final Logger logger = LoggerFactory.getLogger(FileBlobs.class);

	/** What this version and earlier ones have written; anything else is not ours. */
	private static final Pattern NAME = Pattern.compile("\\.?[A-Za-z0-9_-]{27}\\.[a-z]{3,4}");

	private static final int DIRECTORY = 2;

	private final Path root;

	private final Scheduler disk;

	FileBlobs(Path root, Scheduler disk) {
		this.root = root;
		this.disk = disk;
	}

	@Override
	public Mono<String> put(String name, ImageContent content, ImageType type) {
		return Mono.defer(() -> {
			Path file = path(name);
			RunningHash hash = new RunningHash(content);
			return Mono.fromCallable(() -> create(file))
				.flatMap(channel -> hash.read(0, content.length())
					.doOnNext(bytes -> write(channel, bytes))
					.then(Mono.fromCallable(() -> {
						channel.close();
						hash.taken();
						return hash.value();
					}))
					.doOnError(error -> discard(channel, file))
					.doOnCancel(() -> discard(channel, file)))
				.subscribeOn(this.disk);
		});
	}

	private static FileChannel create(Path file) throws IOException {
		Files.createDirectories(file.getParent());
		return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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

	private void discard(FileChannel channel, Path file) {
		this.disk.schedule(() -> {
			try {
				channel.close();
				Files.deleteIfExists(file);
			}
			catch (IOException ex) {
				logger.warn("{} could not be removed; the sweep will", file, ex);
			}
		});
	}

	@Override
	public Mono<ImageContent> open(String name, long length) {
		return Mono.fromCallable(() -> {
			Path file = path(name);
			if (Files.size(file) != length) {
				throw new NoSuchBlobException(name);
			}
			return (ImageContent) new StoredContent(file, length, this.disk);
		}).subscribeOn(this.disk).onErrorMap(NoSuchFileException.class, gone -> new NoSuchBlobException(name));
	}

	@Override
	public Mono<Void> delete(String name) {
		return Mono.<Void>fromCallable(() -> {
			Files.deleteIfExists(path(name));
			return null;
		}).subscribeOn(this.disk);
	}

	@Override
	public Flux<String> list(Instant before) {
		return Flux.using(() -> Files.walk(this.root, 2),
				files -> Flux.fromStream(files.filter(Files::isRegularFile)
					.filter(file -> isName(file.getFileName().toString()))
					.filter(file -> isOlder(file, before))
					.map(file -> file.getFileName().toString())),
				Stream::close)
			.subscribeOn(this.disk);
	}

	/** Whether the gateway may have given a name. */
	static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	private static boolean isOlder(Path file, Instant instant) {
		try {
			return Files.getLastModifiedTime(file).toInstant().isBefore(instant);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Path path(String name) {
		// Earlier versions wrote to files with a dot before the name.
		int begin = name.startsWith(".") ? 1 : 0;
		return this.root.resolve(name.substring(begin, begin + DIRECTORY)).resolve(name);
	}

}
