package dev.heliostat.api;

import java.util.Objects;
import java.util.function.Function;

import dev.heliostat.access.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that was let in, and where its answer goes. It came straight from the server,
 * or through WebFlux.
 *
 * @param request the request
 * @param response where the answer is written
 * @param caller who asks
 * @param requestId what the request is known by
 */
record Call(ServerHttpRequest request, ServerHttpResponse response, Caller caller, String requestId) {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/** A route of WebFlux to somebody who writes the answer himself. */
	static HandlerFunction<ServerResponse> route(Function<Call, Mono<Void>> handler) {
		return request -> handler.apply(of(request)).then(Mono.empty());
	}

	private static Call of(ServerRequest request) {
		return new Call(request.exchange().getRequest(), request.exchange().getResponse(),
				RequestAttributes.caller(request), RequestAttributes.requestId(request));
	}

	/** The first value of a header; null where it was not sent. */
	@Nullable String header(String name) {
		return this.request.getHeaders().getFirst(name);
	}

	/** The first value of a parameter of the query, which may be empty. */
	@Nullable String parameter(String name) {
		if (this.request.getURI().getRawQuery() == null) {
			return null;
		}
		MultiValueMap<String, String> query = this.request.getQueryParams();
		return query.containsKey(name) ? Objects.requireNonNullElse(query.getFirst(name), "") : null;
	}

	/** Begins an answer: the headers, for more of them. */
	HttpHeaders begin(HttpStatus status, MediaType type) {
		this.response.setStatusCode(status);
		HttpHeaders headers = this.response.getHeaders();
		headers.setContentType(type);
		return headers;
	}

	/** Writes the whole of an answer that is begun. */
	Mono<Void> write(ObjectNode body) {
		byte[] bytes = JSON.writeValueAsBytes(body);
		this.response.getHeaders().setContentLength(bytes.length);
		return this.response.writeWith(Mono.just(this.response.bufferFactory().wrap(bytes)));
	}

}
