package dev.heliostat.api;

import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.access.Callers;
import dev.heliostat.image.GatewayError;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What every request passes first: it gets an id, its time is taken, and its key is
 * checked.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
class FrontFilter implements WebFilter {

	private static final String ADMIN = "/admin/";

	private final Callers callers;

	FrontFilter(Callers callers) {
		this.callers = callers;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		long begin = System.nanoTime();
		String requestId = RequestAttributes.newRequestId();
		exchange.getAttributes().put(RequestAttributes.REQUEST_ID, requestId);
		ServerHttpResponse response = exchange.getResponse();
		response.getHeaders().set("x-request-id", requestId);
		response.beforeCommit(() -> {
			long millis = (System.nanoTime() - begin) / 1_000_000;
			response.getHeaders().set("openai-processing-ms", Long.toString(millis));
			return Mono.empty();
		});
		String path = asRouted(exchange.getRequest().getPath().pathWithinApplication());
		if (!needsKey(path)) {
			return chain.filter(exchange);
		}
		Optional<String> authorization = Optional
			.ofNullable(exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
		return this.callers.authenticate(authorization).flatMap(caller -> {
			checkKind(caller, path.startsWith(ADMIN));
			exchange.getAttributes().put(RequestAttributes.CALLER, caller);
			return chain.filter(exchange);
		});
	}

	/**
	 * A path as routes match it, decoded and without parameters: {@code /%61dmin} and
	 * {@code /admin;x} are no way around the check of keys.
	 */
	private static String asRouted(PathContainer path) {
		StringBuilder routed = new StringBuilder();
		for (PathContainer.Element element : path.elements()) {
			routed.append(
					(element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : element.value());
		}
		return routed.toString();
	}

	/** Pictures carry their right in their URL; an unknown path says so to everybody. */
	private static boolean needsKey(String path) {
		return path.startsWith("/openai/") || path.startsWith("/v1/") || path.startsWith(ADMIN);
	}

	private static void checkKind(Caller caller, boolean admin) {
		boolean isAdmin = caller.kind() == Caller.Kind.ADMIN;
		if (isAdmin != admin) {
			throw new GatewayError.KeyNotAllowed(
					isAdmin ? "An admin key opens the admin API only. Use a live or a test key here."
							: "This needs an admin key.")
				.asException();
		}
	}

}
