package dev.heliostat.console;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.access.Callers;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The door: takes a key and gives a session. Whatever is wrong with a key, the answer and
 * its time are the same. A form whose session ended while it was filled in waits here,
 * and goes on after signing in.
 */
final class SignIn {

	/** Nobody learns from the time of an answer how far a wrong key came. */
	private static final Duration PAUSE = Duration.ofMillis(400);

	private static final String WRONG = "This key opens nothing here. Copy it again, whole; it begins with hs_live_, hs_test_ "
			+ "or hs_admin_ unless your operator chose it. A key that was revoked or has expired is refused, too: then ask for another one.";

	private static final String FORM_COOKIE = "heliostat_form";

	/** Strangers do not fill the spool. */
	private static final long MOST_KEPT = 1_000_000;

	private static final SecureRandom RANDOM = new SecureRandom();

	private final Callers callers;

	private final Sessions sessions;

	private final FormTokens tokens;

	private final Throttle throttle;

	private final Pages pages;

	SignIn(Callers callers, Sessions sessions, FormTokens tokens, Throttle throttle, Pages pages) {
		this.callers = callers;
		this.sessions = sessions;
		this.tokens = tokens;
		this.throttle = throttle;
		this.pages = pages;
	}

	/**
	 * A form that waits until somebody has signed in.
	 *
	 * @param path where it goes
	 * @param fields what was entered
	 */
	record Kept(String path, List<Field> fields) {

		static final Kept NOTHING = new Kept("", List.of());

		/** One entry of the form. */
		record Field(String name, String value) {
		}

	}

	/** The page. */
	Mono<ServerResponse> page(ServerRequest request) {
		String next = local(request.queryParam("next").orElse(""));
		if (Visitor.of(request).isKnown()) {
			return see(next.isEmpty() ? "/models" : next);
		}
		return page(request, 200, next, "", Kept.NOTHING);
	}

	/** The page in answer to a form whose session has ended; keeps what was entered. */
	Mono<ServerResponse> keeping(ServerRequest request) {
		long length = request.headers().contentLength().orElse(Long.MAX_VALUE);
		if (length > MOST_KEPT) {
			return page(request, 401, "/models", "", Kept.NOTHING);
		}
		return Forms.texts(request).flatMap(fields -> {
			boolean own = this.tokens.isGenuine(Forms.first(fields, Forms.TOKEN));
			Kept kept = own ? kept(request.path(), fields) : Kept.NOTHING;
			return page(request, 401, own ? "" : "/models", "", kept);
		});
	}

	/** The same for a page that is still open: a dialog over it. */
	Mono<ServerResponse> again(ServerRequest request) {
		return dialog(request, "");
	}

	private Mono<ServerResponse> dialog(ServerRequest request, String problem) {
		request.exchange().getResponse().getHeaders().set("hx-retarget", "#dialog");
		request.exchange().getResponse().getHeaders().set("hx-reswap", "innerHTML");
		return this.pages.part(request, 401, "sign-in", "again",
				Map.of("formToken", formToken(request), "problem", problem));
	}

	private Mono<ServerResponse> page(ServerRequest request, int status, String next, String problem, Kept kept) {
		Map<String, Object> model = new HashMap<>();
		model.put("formToken", formToken(request));
		model.put("next", next);
		model.put("problem", problem);
		model.put("kept", kept);
		return this.pages.page(request, status, "sign-in", model);
	}

	/** Takes a key. */
	Mono<ServerResponse> enter(ServerRequest request) {
		return Forms.unchecked(request).flatMap(fields -> {
			String nonce = Optional.ofNullable(request.cookies().getFirst(FORM_COOKIE))
				.map(HttpCookie::getValue)
				.filter(value -> !value.isEmpty())
				.orElse("");
			Forms.check(request, nonce.isEmpty() ? "" : this.tokens.token(nonce), Forms.first(fields, Forms.TOKEN));
			String address = address(request);
			if (this.throttle.isFull(address)) {
				return Mono.error(new GatewayError.RateLimited(
						"Too many wrong keys came from your address. Wait a minute, and sign in again.",
						Throttle.WINDOW)
					.asException());
			}
			String key = Forms.first(fields, "key").strip();
			return Mono.zip(caller(key), Mono.delay(PAUSE))
				.flatMap(found -> found.getT1()
					.map(caller -> welcome(request, key, caller, fields))
					.orElseGet(() -> refuse(request, address, fields)));
		});
	}

	private Mono<Optional<Caller>> caller(String key) {
		return this.callers.authenticate(Optional.of("Bearer " + key))
			.map(Optional::of)
			.onErrorResume(GatewayException.class, failure -> (failure.error() instanceof GatewayError.InvalidKey)
					? Mono.just(Optional.empty()) : Mono.error(failure));
	}

	private Mono<ServerResponse> refuse(ServerRequest request, String address, MultiValueMap<String, String> fields) {
		this.throttle.wrong(address);
		return Pages.isPart(request) ? dialog(request, WRONG)
				: page(request, 401, local(Forms.first(fields, "next")), WRONG, waiting(fields));
	}

	private Mono<ServerResponse> welcome(ServerRequest request, String key, Caller caller,
			MultiValueMap<String, String> fields) {
		request.exchange().getResponse().addCookie(this.sessions.cookie(key));
		new Visitor(Optional.of(caller), this.tokens.token(key)).enter(request);
		if (Pages.isPart(request)) {
			return this.pages.part(request, 200, "sign-in", "back", Map.of());
		}
		Kept kept = waiting(fields);
		if (!kept.path().isEmpty()) {
			return this.pages.page(request, "continue", Map.of("kept", kept));
		}
		String next = local(Forms.first(fields, "next"));
		return see(next.isEmpty() ? ((caller.kind() == Caller.Kind.ADMIN) ? "/desk" : "/models") : next);
	}

	/** Ends the session of this browser. */
	Mono<ServerResponse> leave(ServerRequest request) {
		return Forms.read(request).flatMap(fields -> {
			request.exchange().getResponse().addCookie(this.sessions.end());
			return see("/sign-in");
		});
	}

	private static Mono<ServerResponse> see(String path) {
		return ServerResponse.status(HttpStatus.SEE_OTHER)
			.header(HttpHeaders.LOCATION, path)
			.header(HttpHeaders.CACHE_CONTROL, "no-store")
			.build();
	}

	/** A token bound to a cookie: another site can set neither. */
	private String formToken(ServerRequest request) {
		String nonce = Optional.ofNullable(request.cookies().getFirst(FORM_COOKIE))
			.map(HttpCookie::getValue)
			.orElse("");
		if (nonce.isEmpty()) {
			byte[] bytes = new byte[16];
			RANDOM.nextBytes(bytes);
			nonce = HexFormat.of().formatHex(bytes);
			request.exchange()
				.getResponse()
				.addCookie(ResponseCookie.from(FORM_COOKIE, nonce).httpOnly(true).sameSite("Strict").path("/").build());
		}
		return this.tokens.token(nonce);
	}

	private static Kept kept(String path, MultiValueMap<String, String> fields) {
		return new Kept(path,
				fields.entrySet()
					.stream()
					.filter(entry -> !entry.getKey().equals(Forms.TOKEN))
					.flatMap(entry -> entry.getValue().stream().map(value -> new Kept.Field(entry.getKey(), value)))
					.toList());
	}

	/** The form that came along with the key; its fields have a prefix. */
	private static Kept waiting(MultiValueMap<String, String> fields) {
		String path = local(Forms.first(fields, "then"));
		return path.isEmpty() ? Kept.NOTHING
				: new Kept(path,
						fields.entrySet()
							.stream()
							.filter(entry -> entry.getKey().startsWith("kept."))
							.flatMap(entry -> entry.getValue()
								.stream()
								.map(value -> new Kept.Field(entry.getKey().substring("kept.".length()), value)))
							.toList());
	}

	/** A path of this gateway; empty where it might lead elsewhere. */
	static String local(String path) {
		boolean safe = path.startsWith("/") && !path.startsWith("//")
				&& path.chars().allMatch(sign -> sign > ' ' && sign < 127 && sign != '\\');
		return safe ? path : "";
	}

	/** An IPv6 address counts as its network: one visitor has all of it. */
	private static String address(ServerRequest request) {
		byte[] address = request.remoteAddress()
			.map(InetSocketAddress::getAddress)
			.map(InetAddress::getAddress)
			.orElse(new byte[0]);
		return HexFormat.of().formatHex((address.length > 4) ? Arrays.copyOf(address, 8) : address);
	}

}
