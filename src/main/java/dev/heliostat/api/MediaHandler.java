package dev.heliostat.api;

import java.util.List;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageContent;
import dev.heliostat.media.MediaStore;
import dev.heliostat.media.MediaStore.StoredImage;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Hands out stored pictures by their signed URLs.
 */
class MediaHandler {

	private final MediaStore media;

	MediaHandler(MediaStore media) {
		this.media = media;
	}

	Mono<ServerResponse> get(ServerRequest request) {
		String signature = request.queryParam("sig").orElse("");
		return this.media.open(request.pathVariable("id"), expiry(request), signature)
			.flatMap(stored -> answer(request, stored));
	}

	private static long expiry(ServerRequest request) {
		try {
			return Long.parseLong(request.queryParam("exp").orElse("0"));
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	private static Mono<ServerResponse> answer(ServerRequest request, StoredImage stored) {
		String etag = "\"" + stored.id() + "\"";
		if (request.headers().header(HttpHeaders.IF_NONE_MATCH).contains(etag)) {
			return ServerResponse.status(HttpStatus.NOT_MODIFIED).eTag(etag).build();
		}
		ImageContent content = stored.content();
		long from = 0;
		long count = content.length();
		HttpStatus status = HttpStatus.OK;
		List<HttpRange> ranges = ranges(request);
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
			.contentType(MediaType.parseMediaType(stored.type().mime()))
			.contentLength(length)
			.eTag(etag)
			.header(HttpHeaders.ACCEPT_RANGES, "bytes")
			.header(HttpHeaders.CACHE_CONTROL, "private, max-age=3600, immutable")
			.header("x-content-type-options", "nosniff")
			.header("content-security-policy", "default-src 'none'; sandbox")
			.header("cross-origin-resource-policy", "cross-origin");
		if (status == HttpStatus.PARTIAL_CONTENT) {
			answer.header(HttpHeaders.CONTENT_RANGE,
					"bytes " + begin + "-" + (begin + length - 1) + "/" + content.length());
		}
		return answer.build((exchange, context) -> exchange.getResponse().writeWith(content.read(begin, length)));
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
