package dev.heliostat.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.access.ClientAddress;
import dev.heliostat.access.Doorkeeper;
import dev.heliostat.image.GatewayError;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
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

	private final Doorkeeper doorkeeper;

	private final ClientAddress addresses;

	private final DirectRoutes routes;

	FrontFilter(Doorkeeper doorkeeper, ClientAddress addresses, DirectRoutes routes) {
		this.routes = routes;
		this.doorkeeper = doorkeeper;
		this.addresses = addresses;
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
		InetAddress address = address(exchange.getRequest());
		return this.doorkeeper.admit(authorization, address).flatMap(caller -> {
			checkKind(caller, path.startsWith(ADMIN));
			checkScope(caller, endpoint(path), address);
			exchange.getAttributes().put(RequestAttributes.CALLER, caller);
			Mono<Void> direct = this.routes.handle(exchange);
			return (direct != null) ? direct : chain.filter(exchange);
		});
	}

	private InetAddress address(ServerHttpRequest request) {
		InetSocketAddress socket = request.getRemoteAddress();
		InetAddress address = (socket != null) ? socket.getAddress() : null;
		return this.addresses.of((address != null) ? address : InetAddress.getLoopbackAddress(),
				request.getHeaders().getOrEmpty("X-Forwarded-For"));
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

	private static void checkScope(Caller caller, String endpoint, InetAddress address) {
		if (!caller.mayUseEndpoint(endpoint)) {
			throw new GatewayError.KeyNotAllowed("This key may not use '" + endpoint
					+ "'. The operator can permit it in the endpoints of its scopes.")
				.asException();
		}
		if (!caller.mayComeFrom(address)) {
			throw new GatewayError.KeyNotAllowed("This key may not be used from the address " + address.getHostAddress()
					+ ". The operator can permit it in the sources of its scopes.")
				.asException();
		}
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
