package dev.heliostat.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/**
 * A provider of jobs that are created first and then looked at.
 * <p>
 * Knobs: {@code latency=ms} (the job runs until then; the creation answers at once),
 * {@code stuck} (it never ends), {@code poll-500=n} (the first n looks answer 500),
 * {@code poll-404} (there is no such job, at every look; fal's only), {@code failed} (it
 * ends without success), {@code expired} (the URLs of its pictures lead nowhere),
 * {@code lost-created} (created, then the connection is reset), {@code cut} (every look
 * at its end breaks off) or {@code cut=create} (the answer to the creation does).
 */
abstract class JobSimulator extends CheckedSimulator {

	private final Map<String, Job> jobs = new ConcurrentHashMap<>();

	protected JobSimulator(int port) {
		super(port);
	}

	/** A job with the knobs of the request that created it. */
	protected static final class Job {

		final String id = UUID.randomUUID().toString();

		final Instant createdAt = Instant.now();

		final String model;

		final JsonNode input;

		final Scenario scenario;

		private final AtomicInteger polls = new AtomicInteger();

		private volatile boolean cancelled;

		private volatile List<String> urls = List.of();

		private Job(String model, JsonNode input, Scenario scenario) {
			this.model = model;
			this.input = input;
			this.scenario = scenario;
		}

		boolean isDone() {
			return !this.scenario.has("stuck") && this.left().isZero();
		}

		/** The time until it ends. */
		Duration left() {
			Duration left = Duration.ofMillis(this.scenario.number("job-latency", 0))
				.minus(Duration.between(this.createdAt, Instant.now()));
			return left.isNegative() ? Duration.ZERO : left;
		}

		/** Counts a look; gives how many there were. */
		int look() {
			return this.polls.incrementAndGet();
		}

		int looks() {
			return this.polls.get();
		}

		/** Whether the looks so far are to be answered with 500. */
		boolean isBroken() {
			return this.polls.get() <= this.scenario.number("poll-500", 0);
		}

		void cancel() {
			this.cancelled = true;
		}

		boolean isCancelled() {
			return this.cancelled;
		}

	}

	/** Jobs that were created. */
	public int created() {
		return this.jobs.size();
	}

	protected Job create(String model, JsonNode input, Scenario scenario) {
		Job job = new Job(model, input, scenario);
		this.jobs.put(job.id, job);
		return job;
	}

	protected Optional<Job> job(String id) {
		return Optional.ofNullable(this.jobs.get(id));
	}

	protected Collection<Job> jobs() {
		return this.jobs.values();
	}

	/** Answers the creation of a job. */
	protected static Mono<Void> accepted(Job job, HttpServerResponse response, int status, String body) {
		if (job.scenario.has("lost-created")) {
			return reset(response);
		}
		return job.scenario.text("cut", "").equals("create") ? whole(job.scenario, response, body)
				: json(response, status, body);
	}

	/** The URLs of a job's pictures, which are made when they are first asked for. */
	protected List<String> urls(Job job, int count, Supplier<byte[]> picture) {
		if (job.scenario.has("empty")) {
			return List.of();
		}
		if (job.scenario.has("expired")) {
			return IntStream.range(0, count).mapToObj(i -> origin() + "/expired-files/" + job.id + "/" + i).toList();
		}
		if (job.urls.isEmpty()) {
			job.urls = IntStream.range(0, count).mapToObj(i -> host(picture.get())).toList();
		}
		return job.urls;
	}

	/** The text that carries the knobs. */
	protected String directives(Received received) {
		return parsed(received).path("prompt").asString("");
	}

	@Override
	protected final String prompt(Received received) {
		return inJobs(directives(received));
	}

	@Override
	public void usual(String directives) {
		super.usual(inJobs(directives));
	}

	private static String inJobs(String directives) {
		return directives.replace("latency=", "job-latency=");
	}

	@Override
	public void clear() {
		super.clear();
		this.jobs.clear();
	}

}
