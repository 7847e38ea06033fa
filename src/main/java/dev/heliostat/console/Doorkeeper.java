package dev.heliostat.console;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;

import dev.heliostat.access.Caller;
import dev.heliostat.access.Callers;
import dev.heliostat.access.ClientAddress;
import dev.heliostat.api.FormOrders;
import dev.heliostat.console.Sessions.Session;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Finds out who a visitor is, by session or by the header that the API takes, and lets
 * each in where the key opens the door.
 */
final class Doorkeeper {

	private final Callers callers;

	private final Sessions sessions;

	private final FormTokens tokens;

	private final SignIn signIn;

	private final ClientAddress addresses;

	private final boolean publicCatalog;

	Doorkeeper(Callers callers, Sessions sessions, FormTokens tokens, SignIn signIn, ClientAddress addresses,
			boolean publicCatalog) {
		this.addresses = addresses;
		this.callers = callers;
		this.sessions = sessions;
		this.tokens = tokens;
		this.signIn = signIn;
		this.publicCatalog = publicCatalog;
	}

	/** A page for everybody. */
	HandlerFunction<ServerResponse> open(HandlerFunction<ServerResponse> page) {
		return request -> visitor(request).flatMap(visitor -> enter(request, visitor, page));
	}

	/** A page of the catalog. */
	HandlerFunction<ServerResponse> catalog(HandlerFunction<ServerResponse> page) {
		return this.publicCatalog ? open(page) : door(visitor -> true, "", page);
	}

	/** A page for everybody who has signed in. */
	HandlerFunction<ServerResponse> known(HandlerFunction<ServerResponse> page) {
		return door(visitor -> true, "", page);
	}

	/** A page for those who make pictures. */
	HandlerFunction<ServerResponse> maker(HandlerFunction<ServerResponse> page) {
		return door(Visitor::isMaker,
				"An admin key makes no pictures. Sign out, and sign in with a live key, or with a test key, which costs nothing.",
				page);
	}

	/** A form that does what the key has to be permitted in the API. */
	HandlerFunction<ServerResponse> maker(String endpoint, HandlerFunction<ServerResponse> form) {
		return maker(permitted(endpoint, form));
	}

	/** A form that makes pictures from texts. */
	HandlerFunction<ServerResponse> making(HandlerFunction<ServerResponse> form) {
		return maker(FormOrders.endpoint(Capability.GENERATE), form);
	}

	private static HandlerFunction<ServerResponse> permitted(String endpoint, HandlerFunction<ServerResponse> page) {
		return request -> Visitor.of(request)
			.refusal(endpoint)
			.map(Mono::<ServerResponse>error)
			.orElseGet(() -> page.handle(request));
	}

	/** A page for operators. */
	HandlerFunction<ServerResponse> admin(HandlerFunction<ServerResponse> page) {
		return door(Visitor::isAdmin, "This page is the operator's. Sign out, and sign in with an admin key.", page);
	}

	/** A page of the desk: a key may do there what it may do by the API. */
	HandlerFunction<ServerResponse> desk(DeskAction action, HandlerFunction<ServerResponse> page) {
		return admin(permitted(action.endpoint(), page));
	}

	private InetAddress address(ServerRequest request) {
		InetAddress socket = request.remoteAddress()
			.map(InetSocketAddress::getAddress)
			.orElse(InetAddress.getLoopbackAddress());
		return this.addresses.of(socket, request.headers().header("X-Forwarded-For"));
	}

	private HandlerFunction<ServerResponse> door(Predicate<Visitor> admitted, String refusal,
			HandlerFunction<ServerResponse> page) {
		return request -> visitor(request).flatMap(visitor -> {
			if (!visitor.isKnown()) {
				return turnAway(request);
			}
			if (!admitted.test(visitor)) {
				visitor.enter(request);
				return Mono.error(new GatewayError.KeyNotAllowed(refusal).asException());
			}
			InetAddress address = address(request);
			if (visitor.caller().filter(caller -> !caller.mayComeFrom(address)).isPresent()) {
				return Mono.error(new GatewayError.KeyNotAllowed("This key may not be used from the address "
						+ address.getHostAddress() + ". Its scopes say from where.")
					.asException());
			}
			return enter(request, visitor, page);
		});
	}

	private static Mono<ServerResponse> enter(ServerRequest request, Visitor visitor,
			HandlerFunction<ServerResponse> page) {
		visitor.enter(request);
		return page.handle(request);
	}

	/** Who asks. A session goes on with each page. */
	Mono<Visitor> visitor(ServerRequest request) {
		Optional<String> header = Optional.ofNullable(request.headers().firstHeader(HttpHeaders.AUTHORIZATION));
		if (header.isPresent()) {
			return this.callers.authenticate(header).map(caller -> new Visitor(Optional.of(caller), ""));
		}
		Optional<Session> session = this.sessions.read(request);
		if (session.isEmpty()) {
			return Mono.just(Visitor.STRANGER);
		}
		return caller(session.get().key()).map(caller -> {
			if (this.sessions.isDue(session.get())) {
				request.exchange().getResponse().addCookie(this.sessions.cookie(session.get().key()));
			}
			return new Visitor(Optional.of(caller), this.tokens.token(session.get().key()));
		}).defaultIfEmpty(Visitor.STRANGER);
	}

	/** Empty when the key was revoked or has expired since. */
	private Mono<Caller> caller(String key) {
		return this.callers.authenticate(Optional.of("Bearer " + key))
			.onErrorResume(GatewayException.class, failure -> (failure.error() instanceof GatewayError.InvalidKey)
					? Mono.empty() : Mono.error(failure));
	}

	private Mono<ServerResponse> turnAway(ServerRequest request) {
		if (Pages.isPart(request)) {
			return this.signIn.again(request);
		}
		if (!request.method().equals(HttpMethod.GET)) {
			return this.signIn.keeping(request);
		}
		if (Pages.isForPeople(request)) {
			String query = Optional.ofNullable(request.uri().getRawQuery()).map(text -> "?" + text).orElse("");
			String next = URLEncoder.encode(request.uri().getRawPath() + query, StandardCharsets.UTF_8);
			return ServerResponse.status(HttpStatus.SEE_OTHER)
				.header(HttpHeaders.LOCATION, "/sign-in?next=" + next)
				.header(HttpHeaders.CACHE_CONTROL, "no-store")
				.build();
		}
		return Mono.error(new GatewayError.InvalidKey(
				"This page needs a key. Send the header 'Authorization: Bearer <key>', or sign in with a browser.")
			.asException());
	}

}
