package dev.heliostat.api;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.heliostat.access.SecretKey;
import dev.heliostat.generation.Fingerprint;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.Output.Fit;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds out what a repetition of a request would be known by: the client's key, the retry
 * count of its SDK, and a keyed hash of the body. Members of the body may come in any
 * order, and pictures in any form that has the same bytes.
 */
final class RepeatReader {

	private static final String KEY_HEADER = "Idempotency-Key";

	private static final String RETRY_HEADER = "x-stainless-retry-count";

	private static final Pattern RETRIES = Pattern.compile("[0-9]{1,4}");

	private static final int LONGEST_KEY = 255;

	private final SecretKey secret;

	RepeatReader(SecretKey secret) {
		this.secret = secret;
	}

	Mono<Repeats> read(ServerHttpRequest request, ObjectNode body, Capability capability, List<InputImage> images,
			Optional<InputImage> mask) {
		return Mono.defer(() -> {
			String key = request.getHeaders().getFirst(KEY_HEADER);
			String retry = request.getHeaders().getFirst(RETRY_HEADER);
			int retries = (retry != null && RETRIES.matcher(retry).matches()) ? Integer.parseInt(retry) : 0;
			return of((key != null) ? Optional.of(checked(key)) : Optional.empty(), retries, AnswerHeaders.fit(request),
					body, capability, images, mask);
		});
	}

	/** The same for a request whose headers were read. */
	Mono<Repeats> of(Optional<String> key, int retries, Fit fit, ObjectNode body, Capability capability,
			List<InputImage> images, Optional<InputImage> mask) {
		return Mono.defer(() -> {
			StringBuilder text = new StringBuilder(capability.name()).append('\n');
			text.append(Fingerprint.canonical(body));
			text.append((fit == Fit.NEAREST) ? "" : '\n' + fit.key());
			List<InputImage> pictures = new ArrayList<>(images);
			mask.ifPresent(pictures::add);
			Mono<List<String>> digests = pictures.isEmpty() ? Mono.just(List.of())
					: Flux.fromIterable(pictures).concatMap(picture -> digest(picture), 1).collectList();
			return digests.map(all -> {
				all.forEach(digest -> text.append('\n').append(digest));
				text.append('\n').append(mask.isPresent());
				return new Repeats(Fingerprint.of(this.secret, "fingerprint", text.toString()), key, retries, false);
			});
		});
	}

	/** A key of the gateway's own making. */
	String hashed(String key) {
		return Fingerprint.of(this.secret, "idempotency-key", key);
	}

	private String checked(String key) {
		if (key.isEmpty() || key.length() > LONGEST_KEY || key.chars().anyMatch(Character::isISOControl)) {
			throw new GatewayError.InvalidValue(KEY_HEADER, KEY_HEADER + ": " + key.length()
					+ " characters (expected: 1 to " + LONGEST_KEY + ", without control characters)")
				.asException();
		}
		return Fingerprint.of(this.secret, "idempotency-key", key);
	}

	private static Mono<String> digest(InputImage picture) {
		MessageDigest digest = sha256();
		return picture.content()
			.read()
			.doOnNext(buffer -> update(digest, buffer))
			.then(Mono.fromSupplier(() -> HexFormat.of().formatHex(digest.digest())));
	}

	private static void update(MessageDigest digest, DataBuffer buffer) {
		try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
			parts.forEachRemaining(digest::update);
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
