package dev.heliostat.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.access.ClientAddress;
import dev.heliostat.access.Doorkeeper;
import dev.heliostat.image.GatewayError;
import dev.heliostat.telemetry.TraceHeaders;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * What every request passes first: it gets an id, its time is taken, its trace goes along
 * with it, and its key is checked.
 */
final class FrontDoor {

	private final Doorkeeper doorkeeper;

	private final ClientAddress addresses;

	private final boolean traced;

	/**
	 * Makes a door.
	 * @param traced whether the gateway writes spans itself, which then go on instead of
	 * the client's headers
	 */
	FrontDoor(Doorkeeper doorkeeper, ClientAddress addresses, boolean traced) {
		this.doorkeeper = doorkeeper;
		this.addresses = addresses;
		this.traced = traced;
	}

	/** Gives a request its id, and has its answer say how long it took. */
	String open(ServerHttpResponse response) {
		long begin = System.nanoTime();
		String requestId = RequestAttributes.newRequestId();
		response.getHeaders().set("x-request-id", requestId);
		response.beforeCommit(() -> {
			long millis = (System.nanoTime() - begin) / 1_000_000;
			response.getHeaders().set("openai-processing-ms", Long.toString(millis));
			return Mono.empty();
		});
		return requestId;
	}

	/** Has the client's trace go along with the work for its request. */
	<T> Mono<T> traced(ServerHttpRequest request, Mono<T> work) {
		if (this.traced) {
			return work;
		}
		HttpHeaders headers = request.getHeaders();
		String parent = ClientNotesReader.traceparent(headers);
		if (parent == null) {
			return work;
		}
		TraceHeaders trace = new TraceHeaders(parent,
				Optional.of(String.join(",", headers.getOrEmpty("tracestate"))).filter(state -> !state.isBlank()));
		return work.contextWrite(trace::in);
	}

	/**
	 * Lets a caller in, or says why not.
	 * @param admin whether an admin key is needed; else it must be none
	 * @param endpoint the part of the API, as scopes name it
	 */
	Mono<Caller> admit(ServerHttpRequest request, boolean admin, String endpoint) {
		Optional<String> authorization = Optional.ofNullable(request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
		InetAddress address = address(request);
		return this.doorkeeper.admit(authorization, address).map(caller -> {
			checkKind(caller, admin);
			checkScope(caller, endpoint, address);
			return caller;
		});
	}

	private InetAddress address(ServerHttpRequest request) {
		InetSocketAddress socket = request.getRemoteAddress();
		InetAddress address = (socket != null) ? socket.getAddress() : null;
		return this.addresses.of((address != null) ? address : InetAddress.getLoopbackAddress(),
				request.getHeaders().getOrEmpty("X-Forwarded-For"));
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
