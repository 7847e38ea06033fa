package dev.heliostat.api;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Callers;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageContent;
import dev.heliostat.media.MediaStore;
import dev.heliostat.media.MediaStore.StoredImage;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Hands out stored pictures by their signed URLs, and to the key that they were made for.
 */
class MediaHandler {

	private static final long LONGEST_CACHED = 3600;

	private final MediaStore media;

	private final Callers callers;

	private final Clock clock;

	MediaHandler(MediaStore media, Callers callers, Clock clock) {
		this.media = media;
		this.callers = callers;
		this.clock = clock;
	}

	Mono<ServerResponse> get(ServerRequest request) {
		String id = request.pathVariable("id");
		Optional<String> key = Optional.ofNullable(request.headers().firstHeader(HttpHeaders.AUTHORIZATION));
		Optional<String> signature = request.queryParam("sig");
		Mono<StoredImage> found = (signature.isEmpty() && key.isPresent())
				? this.callers.authenticate(key).flatMap(caller -> this.media.openOwn(id, caller.keyId()))
				: this.media.open(id, expiry(request), signature.orElse(""));
		return found.flatMap(stored -> answer(request, stored));
	}

	private static long expiry(ServerRequest request) {
		try {
			return Long.parseLong(request.queryParam("exp").orElse("0"));
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	private Mono<ServerResponse> answer(ServerRequest request, StoredImage stored) {
		String etag = "\"" + stored.record().sha256() + "\"";
		if (isKnown(request, etag)) {
			return ServerResponse.status(HttpStatus.NOT_MODIFIED)
				.eTag(etag)
				.header(HttpHeaders.CACHE_CONTROL, cached(stored))
				.build();
		}
		ImageContent content = stored.content();
		long from = 0;
		long count = content.length();
		HttpStatus status = HttpStatus.OK;
		List<HttpRange> ranges = isWhole(request, etag) ? List.of() : ranges(request);
		if (ranges.size() == 1) {
			from = ranges.getFirst().getRangeStart(content.length());
			count = ranges.getFirst().getRangeEnd(content.length()) - from + 1;
			status = HttpStatus.PARTIAL_CONTENT;
			if (from >= content.length() || count < 1) {
				return ServerResponse.status(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
					.header(HttpHeaders.CONTENT_RANGE, "bytes */" + content.length())
					.build();
			}
		}
		long begin = from;
		long length = count;
		ServerResponse.BodyBuilder answer = ServerResponse.status(status)
			.contentType(MediaType.parseMediaType(stored.record().type().mime()))
			.contentLength(length)
			.eTag(etag)
			.header(HttpHeaders.ACCEPT_RANGES, "bytes")
			.header(HttpHeaders.CACHE_CONTROL, cached(stored))
			.header("x-content-type-options", "nosniff")
			.header("content-security-policy", "default-src 'none'; sandbox")
			.header("cross-origin-resource-policy", "cross-origin");
		if (status == HttpStatus.PARTIAL_CONTENT) {
			answer.header(HttpHeaders.CONTENT_RANGE,
					"bytes " + begin + "-" + (begin + length - 1) + "/" + content.length());
		}
		return (request.method() == HttpMethod.HEAD) ? answer.build()
				: answer.build((exchange, context) -> exchange.getResponse().writeWith(content.read(begin, length)));
	}

	/** No cache keeps a picture for longer than the gateway. */
	private String cached(StoredImage stored) {
		long left = Duration.between(this.clock.instant(), stored.record().expiresAt()).toSeconds();
		return "private, max-age=" + Math.clamp(left, 0, LONGEST_CACHED) + ", immutable";
	}

	private static boolean isKnown(ServerRequest request, String etag) {
		return request.headers()
			.asHttpHeaders()
			.getIfNoneMatch()
			.stream()
			.map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
			.anyMatch(tag -> tag.equals(etag) || tag.equals("*"));
	}

	/** Whether a range is only wanted of another picture than this one. */
	private static boolean isWhole(ServerRequest request, String etag) {
		String condition = request.headers().firstHeader(HttpHeaders.IF_RANGE);
		return condition != null && !condition.equals(etag);
	}

	private static List<HttpRange> ranges(ServerRequest request) {
		try {
			return request.headers().range();
		}
		catch (IllegalArgumentException ex) {
			throw new GatewayError.InvalidValue("range", "Range: not a range of bytes (expected: bytes=0-99)")
				.asException();
		}
	}

}
