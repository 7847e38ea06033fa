package dev.heliostat.console;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.image.GatewayError;
import org.thymeleaf.ITemplateEngine;
import org.thymeleaf.context.Context;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Makes pages of templates, on threads of its own: a template never occupies an event
 * loop. Every page comes with the headers that keep foreign content out of it.
 */
final class Pages implements AutoCloseable {

	private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");

	/** Below this a page is not worth compressing. */
	private static final int SMALL = 1000;

	private final String policy;

	private final ITemplateEngine engine;

	private final Assets assets;

	private final PublicUrl publicUrl;

	private final Scheduler painters = Schedulers.newBoundedElastic(Runtime.getRuntime().availableProcessors(), 1000,
			"heliostat-console", 60, true);

	/**
	 * Makes pages.
	 * @param pictures where pictures are that are not the gateway's own; empty where all
	 * are
	 */
	Pages(ITemplateEngine engine, Assets assets, PublicUrl publicUrl, Optional<String> pictures) {
		this.policy = String.join("; ", "default-src 'none'", "script-src 'self'", "style-src 'self'",
				"img-src 'self' data: blob:" + pictures.map(origin -> " " + origin).orElse(""), "connect-src 'self'",
				"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'");
		this.engine = engine;
		this.assets = assets;
		this.publicUrl = publicUrl;
	}

	/** The threads that may compute for a page. */
	Scheduler painters() {
		return this.painters;
	}

	Mono<ServerResponse> page(ServerRequest request, String template, Map<String, ?> model) {
		return page(request, 200, template, model);
	}

	Mono<ServerResponse> page(ServerRequest request, int status, String template, Map<String, ?> model) {
		return render(request, status, template, Set.of(), model);
	}

	/** A part of a page, for a page that is already open. */
	Mono<ServerResponse> part(ServerRequest request, int status, String template, String fragment,
			Map<String, ?> model) {
		return render(request, status, template, Set.of(fragment), model);
	}

	private Mono<ServerResponse> render(ServerRequest request, int status, String template, Set<String> fragments,
			Map<String, ?> model) {
		return Mono.fromCallable(() -> bytes(request, template, fragments, model))
			.subscribeOn(this.painters)
			.onErrorMap(RejectedExecutionException.class,
					full -> new GatewayError.Overloaded(
							"Too many pages are asked for at the moment. Try again shortly.",
							java.time.Duration.ofSeconds(1))
						.asException())
			.flatMap(bytes -> answer(request, status, bytes));
	}

	private byte[] bytes(ServerRequest request, String template, Set<String> fragments, Map<String, ?> model) {
		Map<String, Object> variables = new HashMap<>(model);
		variables.put("visitor", Visitor.of(request));
		variables.put("assets", this.assets.urls());
		variables.put("path", request.path());
		variables.put("baseUrl", this.publicUrl.value() + "/openai/v1");
		Context context = new Context(Locale.ENGLISH, variables);
		String text = fragments.isEmpty() ? this.engine.process(template, context)
				: this.engine.process(template, fragments, context);
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private Mono<ServerResponse> answer(ServerRequest request, int status, byte[] bytes) {
		boolean zip = bytes.length > SMALL && takesGzip(request);
		return ServerResponse.status(HttpStatusCode.valueOf(status)).contentType(HTML).headers(headers -> {
			protect(headers);
			headers.set("cache-control", "no-store");
			headers.set("vary", "cookie, accept-encoding, hx-request");
			if (zip) {
				headers.set("content-encoding", "gzip");
			}
		}).bodyValue(zip ? Assets.gzip(bytes) : bytes);
	}

	/** A document that assistants and programs read. */
	Mono<ServerResponse> text(String type, String text) {
		return ServerResponse.ok()
			.contentType(MediaType.parseMediaType(type + ";charset=UTF-8"))
			.headers(this::protect)
			.header("cache-control", "no-cache")
			.bodyValue(text);
	}

	private void protect(HttpHeaders headers) {
		headers.set("content-security-policy", this.policy);
		headers.set("x-content-type-options", "nosniff");
		headers.set("referrer-policy", "same-origin");
		headers.set("cross-origin-opener-policy", "same-origin");
		headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
	}

	static boolean takesGzip(ServerRequest request) {
		return request.headers()
			.header(HttpHeaders.ACCEPT_ENCODING)
			.stream()
			.flatMap(value -> java.util.Arrays.stream(value.split(",")))
			.anyMatch(encoding -> encoding.strip().toLowerCase(Locale.ROOT).matches("gzip(;\\s*q=(1|0\\.[1-9]).*)?"));
	}

	/** Whether an open page asks for a part of itself. */
	static boolean isPart(ServerRequest request) {
		return "true".equals(request.headers().firstHeader("hx-request"));
	}

	/** Whether somebody who reads pages asks. */
	static boolean isForPeople(ServerRequest request) {
		return isPart(request)
				|| request.headers().header(HttpHeaders.ACCEPT).stream().anyMatch(value -> value.contains("text/html"));
	}

	@Override
	public void close() {
		this.painters.dispose();
	}

}
