package dev.heliostat.telemetry;

import java.util.Optional;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What a client's request said of its trace. It goes on to providers as it came where the
 * gateway itself writes no spans.
 *
 * @param traceparent W3C's {@code traceparent}
 * @param tracestate W3C's {@code tracestate}
 * @see <a href="https://www.w3.org/TR/trace-context/">Trace Context</a>
 */
public record TraceHeaders(String traceparent, Optional<String> tracestate) {

	/** Those that go along with some work. */
	public static Optional<TraceHeaders> of(ContextView context) {
		return context.getOrEmpty(TraceHeaders.class);
	}

	/** Lets them go along with the work that subscribes with the context. */
	public Context in(Context context) {
		return context.put(TraceHeaders.class, this);
	}

}
