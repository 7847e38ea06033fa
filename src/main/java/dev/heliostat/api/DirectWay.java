package dev.heliostat.api;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * The way of the few paths that nearly all requests go to: from the server straight to
 * their handler. All others go on to WebFlux, which has these paths as well, for those
 * who look for them there.
 */
final class DirectWay implements HttpHandler {

	private static final Logger logger = LoggerFactory.getLogger(DirectWay.class);

	private static final DisconnectedClientHelper GONE = new DisconnectedClientHelper(
			"org.springframework.web.server.DisconnectedClient");

	private static final String ENDPOINT = "images/generations";

	private static final Set<String> PATHS = Set.of("/v1/" + ENDPOINT, "/openai/v1/" + ENDPOINT);

	private final HttpHandler others;

	private final FrontDoor door;

	private final GenerationsHandler generations;

	private final ErrorAnswers errors;

	private final RequestTimers timers;

	DirectWay(HttpHandler others, FrontDoor door, GenerationsHandler generations, ErrorAnswers errors,
			RequestTimers timers) {
		this.others = others;
		this.door = door;
		this.generations = generations;
		this.errors = errors;
		this.timers = timers;
	}

	@Override
	public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
		String path = request.getURI().getRawPath();
		if (request.getMethod() != HttpMethod.POST || !PATHS.contains(path)) {
			return this.others.handle(request, response);
		}
		return new Passage(request, response, path).go();
	}

	/**
	 * One request on its way.
	 */
	private final class Passage {

		private final long begin = System.nanoTime();

		private final ServerHttpRequest request;

		private final ServerHttpResponse response;

		private final String path;

		private final String requestId;

		private @Nullable Throwable failure;

		Passage(ServerHttpRequest request, ServerHttpResponse response, String path) {
			this.request = request;
			this.response = response;
			this.path = path;
			this.requestId = DirectWay.this.door.open(response);
		}

		Mono<Void> go() {
			Mono<Void> answered = DirectWay.this.door.admit(this.request, false, ENDPOINT)
				.flatMap(caller -> DirectWay.this.generations
					.generate(new Call(this.request, this.response, caller, this.requestId)))
				.onErrorResume(this::failed)
				.doFinally(this::measure);
			return DirectWay.this.door.traced(this.request, answered);
		}

		private Mono<Void> failed(Throwable error) {
			this.failure = error;
			return DirectWay.this.errors.handle(this.request, this.response, this.requestId, error)
				.onErrorResume(this::unanswered);
		}

		/** Nothing more can be said to the client. */
		private Mono<Void> unanswered(Throwable error) {
			if (GONE.checkAndLogClientDisconnectedException(error)) {
				return Mono.empty();
			}
			logger.error("Request {} was not answered whole", this.requestId, error);
			return this.response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR) ? this.response.setComplete()
					: Mono.error(error);
		}

		private void measure(SignalType end) {
			HttpStatusCode status = this.response.getStatusCode();
			boolean given = end != SignalType.CANCEL || this.response.isCommitted();
			DirectWay.this.timers.record(this.path, (status != null && given) ? status.value() : 0, this.failure,
					System.nanoTime() - this.begin);
		}

	}

}
