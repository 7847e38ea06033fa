package dev.heliostat.api;

import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * Turns whatever went wrong into OpenAI's error envelope: one place for every path and
 * every cause.
 */
@Order(-10)
class ErrorAnswers implements WebExceptionHandler {

	private static final Logger logger = LoggerFactory.getLogger(ErrorAnswers.class);

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		return handle(exchange.getRequest(), exchange.getResponse(),
				(String) exchange.getAttributes().get(RequestAttributes.REQUEST_ID), failure);
	}

	/** Answers a request; fails as it did where nothing can be answered any more. */
	Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response, @Nullable String requestId,
			Throwable failure) {
		if (response.isCommitted() || failure instanceof AbortedException) {
			return Mono.error(failure);
		}
		GatewayError error = error(request, requestId, failure);
		response.setStatusCode(HttpStatusCode.valueOf(error.status()));
		HttpHeaders headers = response.getHeaders();
		headers.setContentType(MediaType.APPLICATION_JSON);
		headers.set("x-should-retry", Boolean.toString(error.shouldRetry()));
		error.retryAfter()
			.ifPresent(after -> headers.set(HttpHeaders.RETRY_AFTER,
					Long.toString(Math.max(1, (after.toMillis() + 999) / 1000))));
		switch (error) {
			case GatewayError.MethodNotAllowed wrong -> headers.set(HttpHeaders.ALLOW, wrong.allowed());
			case GatewayError.DeadlineExceeded late -> {
				headers.set("x-heliostat-generation", late.generation());
				headers.set(HttpHeaders.LOCATION, GenerationResource.path(request, late.generation()));
			}
			case GatewayError.InvalidKey _ -> headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
			case GatewayError.InvalidValue _, GatewayError.MissingParameter _, GatewayError.UnknownParameter _,
					GatewayError.InvalidJson _, GatewayError.Moderated _, GatewayError.InsufficientQuota _,
					GatewayError.KeyNotAllowed _, GatewayError.ModelNotFound _, GatewayError.ModelDisabled _,
					GatewayError.UnknownUrl _, GatewayError.NotFound _, GatewayError.ResultExpired _,
					GatewayError.RequestTooLarge _, GatewayError.RequestTimeout _, GatewayError.UnsupportedMediaType _,
					GatewayError.IdempotencyMismatch _, GatewayError.RateLimited _, GatewayError.AllProvidersFailed _,
					GatewayError.OutcomeUnknown _, GatewayError.NoProviderAvailable _, GatewayError.Overloaded _,
					GatewayError.StoreUnavailable _, GatewayError.Cancelled _, GatewayError.Conflict _,
					GatewayError.PreconditionFailed _, GatewayError.PreconditionRequired _, GatewayError.Internal _ -> {
				// Nothing more to say.
			}
		}
		byte[] body = ErrorBody.write(error);
		headers.setContentLength(body.length);
		return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
	}

	private static GatewayError error(ServerHttpRequest request, @Nullable String requestId, Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof GatewayException known) {
				return known.error();
			}
		}
		String method = request.getMethod().name();
		String path = request.getPath().value();
		if (failure instanceof MethodNotAllowedException wrong) {
			return new GatewayError.MethodNotAllowed(method + " is not possible here.",
					wrong.getSupportedMethods().toString());
		}
		if (failure instanceof ResponseStatusException status) {
			return switch (status.getStatusCode().value()) {
				case 404 -> Misdirected.nowhere(method, path);
				case 413 -> new GatewayError.RequestTooLarge("The body is too large.");
				case 415 -> new GatewayError.UnsupportedMediaType("The content type is not supported here.");
				case 400 -> new GatewayError.InvalidJson("The request cannot be read.");
				default -> internal(requestId, failure);
			};
		}
		return internal(requestId, failure);
	}

	private static GatewayError internal(@Nullable String requestId, Throwable failure) {
		logger.error("Request {} failed unexpectedly", requestId, failure);
		return new GatewayError.Internal(
				"The gateway failed unexpectedly. The operator finds the reason in the log under "
						+ Optional.ofNullable(requestId).orElse("this request's time") + ".",
				true);
	}

}
