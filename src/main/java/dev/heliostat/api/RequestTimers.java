package dev.heliostat.api;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Measures the requests that WebFlux does not see, as it measures the others: with the
 * same name and the same tags, and without an observation for each.
 */
final class RequestTimers {

	private static final String UNKNOWN = "UNKNOWN";

	private final MeterRegistry registry;

	private final ConcurrentHashMap<Kind, Timer> timers = new ConcurrentHashMap<>();

	RequestTimers(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Requests that are measured together.
	 *
	 * @param uri the path
	 * @param status the answer's status; 0 where there is no answer
	 * @param exception what went wrong
	 */
	private record Kind(String uri, int status, String exception) {

		String outcome() {
			return switch (this.status / 100) {
				case 1 -> "INFORMATIONAL";
				case 2 -> "SUCCESS";
				case 3 -> "REDIRECTION";
				case 4 -> "CLIENT_ERROR";
				case 5 -> "SERVER_ERROR";
				default -> UNKNOWN;
			};
		}

	}

	/**
	 * Counts a request that is over.
	 * @param uri its path
	 * @param status the answer's status; 0 where nobody took an answer
	 * @param failure what went wrong; null where nothing did
	 */
	void record(String uri, int status, @Nullable Throwable failure, long nanos) {
		String exception = (failure != null) ? failure.getClass().getSimpleName() : "none";
		this.timers.computeIfAbsent(new Kind(uri, status, exception), this::timer).record(nanos, TimeUnit.NANOSECONDS);
	}

	private Timer timer(Kind kind) {
		return Timer.builder("http.server.requests")
			.tag("method", "POST")
			.tag("uri", kind.uri)
			.tag("status", (kind.status > 0) ? Integer.toString(kind.status) : UNKNOWN)
			.tag("outcome", kind.outcome())
			.tag("exception", kind.exception)
			.tag("error", kind.exception)
			.register(this.registry);
	}

}
