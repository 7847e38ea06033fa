package dev.heliostat.api;

import java.util.ArrayList;
import java.util.List;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The {@link FrontDoor} of what WebFlux handles. Whether a key is needed, and of which
 * kind, depends on the path.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
class FrontFilter implements WebFilter {

	private static final String ADMIN = "/admin/";

	private final FrontDoor door;

	FrontFilter(FrontDoor door) {
		this.door = door;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		exchange.getAttributes().put(RequestAttributes.REQUEST_ID, this.door.open(exchange.getResponse()));
		String path = asRouted(request.getPath().pathWithinApplication());
		if (!needsKey(path)) {
			return chain.filter(exchange);
		}
		return this.door.traced(request,
				this.door.admit(request, path.startsWith(ADMIN), endpoint(path)).flatMap(caller -> {
					exchange.getAttributes().put(RequestAttributes.CALLER, caller);
					return chain.filter(exchange);
				}));
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

	/**
	 * The part of the API that a path belongs to, as scopes name it:
	 * {@code images/generations}, {@code models}, {@code admin/keys}.
	 */
	static String endpoint(String path) {
		List<String> parts = new ArrayList<>(List.of(path.split("/")));
		parts.removeIf(String::isEmpty);
		boolean admin = path.startsWith(ADMIN);
		int from = Math.min(parts.size(), (admin || path.startsWith("/openai/")) ? 2 : 1);
		List<String> rest = parts.subList(from, parts.size());
		int named = (!rest.isEmpty() && rest.getFirst().equals("images")) ? 2 : 1;
		String name = String.join("/", rest.subList(0, Math.min(named, rest.size())));
		return admin ? ADMIN.substring(1) + name : name;
	}

}
