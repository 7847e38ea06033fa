package dev.heliostat.api;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;

import dev.heliostat.image.GatewayError;

/**
 * The bytes of a body as the client meant them: a compressed one is opened while it
 * comes, and its size is that of what comes out.
 */
final class RequestBytes {

	/** Where Reactor looks for somebody to tell of failures that nobody waits for. */
	private static final String DROPPED = "reactor.onErrorDropped.local";

	/** Reactor Netty says twice that a body failed; the log need not know. */
	private static final Consumer<Throwable> HEARD = again -> {
	};

	private final int ratio;

	RequestBytes(int ratio) {
		this.ratio = ratio;
	}

	/**
	 * Reads a body.
	 * @param limit the most bytes
	 * @param setting where an operator may raise it
	 */
	Flux<DataBuffer> of(ServerHttpRequest request, long limit, String setting) {
		if (request.getHeaders().getContentLength() > limit) {
			throw tooLarge(limit, setting);
		}
		Flux<DataBuffer> body = request.getBody();
		return limited(isCompressed(request) ? Gunzip.of(body, this.ratio) : body, limit, setting);
	}

	private static boolean isCompressed(ServerHttpRequest request) {
		List<String> declared = request.getHeaders().getOrEmpty(HttpHeaders.CONTENT_ENCODING);
		if (declared.isEmpty()) {
			return false;
		}
		List<String> encodings = declared.stream()
			.flatMap(value -> List.of(value.split(",", -1)).stream())
			.map(encoding -> encoding.strip().toLowerCase(Locale.ROOT))
			.toList();
		if (encodings.equals(List.of("identity"))) {
			return false;
		}
		if (encodings.equals(List.of("gzip")) || encodings.equals(List.of("x-gzip"))) {
			return true;
		}
		String shown = String.join(", ", encodings);
		throw new GatewayError.UnsupportedMediaType(
				"Content-Encoding: " + ((shown.length() <= 60) ? shown : shown.substring(0, 60) + "…")
						+ " (expected: gzip once, or none). Send the body in one of these.")
			.asException();
	}

	private static Flux<DataBuffer> limited(Flux<DataBuffer> body, long limit, String setting) {
		return Flux.defer(() -> {
			long[] read = { 0 };
			return body.map(buffer -> {
				read[0] += buffer.readableByteCount();
				if (read[0] > limit) {
					DataBufferUtils.release(buffer);
					throw tooLarge(limit, setting);
				}
				return buffer;
			});
		}).contextWrite(context -> context.put(DROPPED, HEARD));
	}

	static RuntimeException tooLarge(long limit, String setting) {
		return new GatewayError.RequestTooLarge("The body is larger than " + limit
				+ " bytes. Send less, or smaller pictures; the operator may raise " + setting + ".")
			.asException();
	}

}
