package dev.heliostat.telemetry;

/**
 * The names of the gateway's own meters and of their tags: one place, so that dashboards
 * and code agree.
 */
public final class MeterNames {

	/** Finished generations {model, provider, outcome}. */
	public static final String GENERATIONS = "heliostat.generations";

	/** Ended attempts {provider, outcome, billed}. */
	public static final String ATTEMPTS = "heliostat.attempts";

	/** Time spent in the gateway itself. */
	public static final String OVERHEAD = "heliostat.overhead";

	/** Delivered pictures {model, provider}. */
	public static final String IMAGES = "heliostat.images";

	/** Delivered megapixels {model, provider}. */
	public static final String MEGAPIXELS = "heliostat.megapixels";

	/** Picture bytes {direction}. */
	public static final String MEDIA_BYTES = "heliostat.media.bytes";

	/** US dollars {provider, model, state}. */
	public static final String COST = "heliostat.cost";

	/** US dollars held for attempts under way. */
	public static final String RESERVED = "heliostat.reserved";

	/** Pictures being made. */
	public static final String INFLIGHT = "heliostat.inflight";

	/** Requests that joined or repeated an earlier one instead of paying again. */
	public static final String DUPLICATES = "heliostat.duplicates.suppressed";

	/** Results that nobody had taken, and that were handed out later. */
	public static final String RESCUED = "heliostat.results.rescued";

	/**
	 * State of the circuit of an offering {provider, model, state}: 1 for the state in
	 * force, 0 for the others.
	 */
	public static final String CIRCUIT_STATE = "heliostat.circuit.state";

	/** Time in the provider's queue and between polls {provider}. */
	public static final String PROVIDER_WAIT = "heliostat.provider.wait";

	/** OpenTelemetry's duration of one call to a model. */
	public static final String OPERATION_DURATION = "gen_ai.client.operation.duration";

	/** OpenTelemetry's tokens of one call to a model. */
	public static final String TOKEN_USAGE = "gen_ai.client.token.usage";

	/** The value of {@code gen_ai.operation.name}. */
	public static final String OPERATION = "image_generation";

	/** Requests that met a budget that is used up or runs low {outcome, measure}. */
	public static final String BUDGETS = "heliostat.budgets";

	/** Tries to tell clients of the ends of their generations {outcome}. */
	public static final String WEBHOOKS = "heliostat.webhooks";

	/** 1 while Redis answers, 0 while it does not; only where one is configured. */
	public static final String REDIS_UP = "heliostat.redis.up";

	/** Requests whose limits were counted by this node alone, for want of Redis. */
	public static final String REDIS_FALLBACKS = "heliostat.redis.fallbacks";

	private MeterNames() {
	}

}
