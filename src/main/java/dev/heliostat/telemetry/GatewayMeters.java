package dev.heliostat.telemetry;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Records what the gateway does. Tag values come from the catalog and from enums only, so
 * that their number is bounded; meters are looked up once for each combination of tags.
 */
public final class GatewayMeters {

	private final MeterRegistry registry;

	private final ConcurrentHashMap<Key, Object> meters = new ConcurrentHashMap<>();

	private final AtomicLong inflight = new AtomicLong();

	private final AtomicLong reservedMicros = new AtomicLong();

	private final Timer overhead;

	private final Counter bytesIn;

	private final Counter bytesOut;

	private final Counter duplicates;

	private final Counter rescued;

	public GatewayMeters(MeterRegistry registry) {
		this.registry = registry;
		this.overhead = Timer.builder(MeterNames.OVERHEAD)
			.description("Time spent in the gateway itself, without waiting for providers")
			.publishPercentileHistogram()
			.minimumExpectedValue(Duration.ofNanos(100_000))
			.maximumExpectedValue(Duration.ofSeconds(10))
			.register(registry);
		this.bytesIn = bytes("in");
		this.bytesOut = bytes("out");
		this.duplicates = Counter.builder(MeterNames.DUPLICATES)
			.description("Repeated requests that did not become a second run")
			.register(registry);
		this.rescued = Counter.builder(MeterNames.RESCUED)
			.description("Results that waited for a client that had gone, and were taken")
			.register(registry);
		Gauge.builder(MeterNames.INFLIGHT, this.inflight, AtomicLong::doubleValue)
			.description("Pictures being made")
			.register(registry);
		Gauge.builder(MeterNames.RESERVED, this.reservedMicros, micros -> micros.get() / 1e6)
			.description("US dollars held for attempts under way")
			.register(registry);
	}

	private Counter bytes(String direction) {
		return Counter.builder(MeterNames.MEDIA_BYTES)
			.description("Picture bytes from providers and to clients")
			.tag("direction", direction)
			.register(this.registry);
	}

	/** Pictures that begin (positive) or end (negative). */
	public void inflight(int pictures) {
		this.inflight.addAndGet(pictures);
	}

	/** Money that is held (positive) or given back (negative). */
	public void reserved(long micros) {
		this.reservedMicros.addAndGet(micros);
	}

	/**
	 * A try to tell a client of an end: {@code delivered}, {@code again},
	 * {@code given_up}.
	 */
	public void webhook(String outcome) {
		Counter.builder(MeterNames.WEBHOOKS)
			.description("Tries to tell clients of the ends of their generations")
			.tag("outcome", outcome)
			.register(this.registry)
			.increment();
	}

	/** A request that a budget {@code refused}, or whose caller was {@code warned}. */
	public void budget(String outcome, String measure) {
		Counter.builder(MeterNames.BUDGETS)
			.description("Requests that met a budget that is used up, or runs low")
			.tag("outcome", outcome)
			.tag("measure", measure)
			.register(this.registry)
			.increment();
	}

	/** A request that did not become a second run. */
	public void duplicateSuppressed() {
		this.duplicates.increment();
	}

	/** A result that waited, and was taken. */
	public void resultRescued() {
		this.rescued.increment();
	}

	public void overhead(Duration duration) {
		this.overhead.record(duration);
	}

	public void bytesIn(long bytes) {
		this.bytesIn.increment(bytes);
	}

	public void bytesOut(long bytes) {
		this.bytesOut.increment(bytes);
	}

	public void generation(String model, String provider, String outcome) {
		counter(MeterNames.GENERATIONS, "model", model, "provider", provider, "outcome", outcome).increment();
	}

	public void images(String model, String provider, int images, double megapixels) {
		counter(MeterNames.IMAGES, "model", model, "provider", provider, "", "").increment(images);
		counter(MeterNames.MEGAPIXELS, "model", model, "provider", provider, "", "").increment(megapixels);
	}

	/**
	 * Books money: {@code settled} for what is charged, {@code maybe} for what may be.
	 */
	public void cost(String provider, String model, String state, double usd) {
		counter(MeterNames.COST, "provider", provider, "model", model, "state", state).increment(usd);
	}

	/** One ended attempt. */
	public void attempt(String provider, String model, String outcome, String billed, Duration duration) {
		counter(MeterNames.ATTEMPTS, "provider", provider, "outcome", outcome, "billed", billed).increment();
		Key key = new Key(MeterNames.OPERATION_DURATION, provider, model, outcome);
		Timer timer = (Timer) this.meters.computeIfAbsent(key,
				absent -> Timer.builder(MeterNames.OPERATION_DURATION)
					.description("Duration of one call to an image model")
					.tag("gen_ai.operation.name", MeterNames.OPERATION)
					.tag("gen_ai.provider.name", provider)
					.tag("gen_ai.request.model", model)
					.tag("outcome", outcome)
					.serviceLevelObjectives(BUCKETS)
					.register(this.registry));
		timer.record(duration);
	}

	public void providerWait(String provider, Duration duration) {
		Timer timer = (Timer) this.meters.computeIfAbsent(new Key(MeterNames.PROVIDER_WAIT, provider, "", ""),
				absent -> Timer.builder(MeterNames.PROVIDER_WAIT)
					.description("Time in the provider's queue and between polls")
					.tag("provider", provider)
					.serviceLevelObjectives(BUCKETS)
					.register(this.registry));
		timer.record(duration);
	}

	/** Tokens of one call; {@code type} is input or output. */
	public void tokens(String provider, String model, String type, long tokens) {
		DistributionSummary summary = (DistributionSummary) this.meters.computeIfAbsent(
				new Key(MeterNames.TOKEN_USAGE, provider, model, type),
				absent -> DistributionSummary.builder(MeterNames.TOKEN_USAGE)
					.description("Tokens of one call to an image model")
					.tag("gen_ai.operation.name", MeterNames.OPERATION)
					.tag("gen_ai.provider.name", provider)
					.tag("gen_ai.request.model", model)
					.tag("gen_ai.token.type", type)
					.register(this.registry));
		summary.record(tokens);
	}

	private Counter counter(String name, String tag1, String value1, String tag2, String value2, String tag3,
			String value3) {
		Key key = new Key(name, value1, value2, value3);
		Object known = this.meters.get(key);
		if (known != null) {
			return (Counter) known;
		}
		return (Counter) this.meters.computeIfAbsent(key, absent -> {
			Counter.Builder builder = Counter.builder(name).tag(tag1, value1).tag(tag2, value2);
			return (tag3.isEmpty() ? builder : builder.tag(tag3, value3)).register(this.registry);
		});
	}

	/** The word for an enum constant in a tag. */
	public static String tag(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

	/** OpenTelemetry's buckets end at 82 s; pictures take longer. */
	private static final Duration[] BUCKETS = { Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofMillis(160),
			Duration.ofMillis(640), Duration.ofMillis(1280), Duration.ofMillis(2560), Duration.ofMillis(5120),
			Duration.ofMillis(10240), Duration.ofMillis(20480), Duration.ofMillis(40960), Duration.ofMillis(81920),
			Duration.ofSeconds(150), Duration.ofSeconds(300), Duration.ofSeconds(900) };

	private record Key(String name, String first, String second, String third) {
	}

}
