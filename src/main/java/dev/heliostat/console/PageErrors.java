package dev.heliostat.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;

/**
 * Says to people what went wrong, and what to do, on a page. Programs, and everything
 * below the paths of the APIs, get JSON from the next handler.
 */
@Order(-20)
class PageErrors implements WebExceptionHandler {

	private static final Logger logger = LoggerFactory.getLogger(PageErrors.class);

	private static final HandlerStrategies STRATEGIES = HandlerStrategies.withDefaults();

	private static final ServerResponse.Context CONTEXT = new ServerResponse.Context() {

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return STRATEGIES.messageWriters();
		}

		@Override
		public List<ViewResolver> viewResolvers() {
			return List.of();
		}

	};

	private final Pages pages;

	private final Doorkeeper door;

	PageErrors(Pages pages, Doorkeeper door) {
		this.pages = pages;
		this.door = door;
	}

	@Override
	public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
		ServerRequest request = ServerRequest.create(exchange, STRATEGIES.messageReaders());
		String path = exchange.getRequest().getPath().pathWithinApplication().value();
		boolean api = path.startsWith("/openai/") || path.startsWith("/v1/") || path.startsWith("/admin/");
		if (api || exchange.getResponse().isCommitted() || !Pages.isForPeople(request)) {
			return Mono.error(failure);
		}
		Optional<Problem> problem = problem(path, failure);
		if (problem.isEmpty()) {
			return Mono.error(failure);
		}
		return this.door.visitor(request)
			.onErrorReturn(Visitor.STRANGER)
			.doOnNext(visitor -> visitor.enter(request))
			.then(Mono.defer(() -> answer(request, problem.get())))
			.flatMap(response -> response.writeTo(exchange, CONTEXT))
			.onErrorResume(second -> {
				logger.error("The page of an error failed itself", second);
				return Mono.error(failure);
			});
	}

	/** What is said. */
	record Problem(int status, String title, String message, Optional<Long> retryAfter) {
	}

	private Mono<ServerResponse> answer(ServerRequest request, Problem problem) {
		HttpHeaders headers = request.exchange().getResponse().getHeaders();
		problem.retryAfter().ifPresent(seconds -> headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds)));
		Map<String, Object> model = Map.of("problem", problem, "reference",
				Optional.ofNullable(headers.getFirst("x-request-id")).orElse(""));
		if (Pages.isPart(request)) {
			headers.set("hx-retarget", "#notice");
			headers.set("hx-reswap", "innerHTML");
			return this.pages.part(request, problem.status(), "error", "notice", model);
		}
		return this.pages.page(request, problem.status(), "error", model);
	}

	private static Optional<Problem> problem(String path, Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof GatewayException known) {
				return Optional.of(problem(known.error()));
			}
		}
		if (failure instanceof ResponseStatusException status) {
			int code = status.getStatusCode().value();
			return switch (code) {
				case 404 -> Optional.of(new Problem(404, "There is no page here",
						"Nothing is at " + shown(path) + ". The address may be mistyped, or the page may have moved.",
						Optional.empty()));
				case 405 -> Optional.of(new Problem(405, "Not this way",
						"This address takes forms, or pages, but not what the browser sent. Go back and try again.",
						Optional.empty()));
				case 400, 413, 415 -> Optional.of(new Problem(code, "The form could not be read",
						"What the browser sent is broken or too large. Go back, reload the page, and send it again.",
						Optional.empty()));
				default -> Optional.empty();
			};
		}
		if (failure instanceof AbortedException) {
			return Optional.empty();
		}
		logger.error("The page {} failed unexpectedly", path, failure);
		return Optional.of(new Problem(500, "Something went wrong here",
				"The gateway failed unexpectedly. The operator finds the reason in the log.", Optional.empty()));
	}

	private static Problem problem(GatewayError error) {
		String title = switch (error.status()) {
			case 401 -> "Sign in first";
			case 402 -> "The budget is used up";
			case 403 -> "Not with this key";
			case 404 -> "There is nothing here";
			case 410 -> "It is gone";
			case 429 -> "Too many at once";
			case 503 -> "Not now";
			default -> (error.status() >= 500) ? "Something went wrong here" : "That did not work";
		};
		return new Problem(error.status(), title, error.message(),
				error.retryAfter().map(after -> Math.max(1, (after.toMillis() + 999) / 1000)));
	}

	private static String shown(String path) {
		return (path.length() <= 100) ? path : path.substring(0, 100) + "…";
	}

}
