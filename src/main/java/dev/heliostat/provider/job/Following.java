package dev.heliostat.provider.job;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import tools.jackson.databind.JsonNode;

import dev.heliostat.catalog.Wire;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.SubmissionState;
import dev.heliostat.image.SubmissionWatch;
import dev.heliostat.provider.Places;
import dev.heliostat.provider.PreparedMode;

/**
 * One job on its way.
 *
 * @param call what it was created for
 * @param mode what the offering's files say
 * @param wire how it is followed
 * @param values what templates may name
 * @param begin when following it began
 * @param cancelled whether it was ended early
 */
record Following(ProviderCall call, PreparedMode mode, Wire.Job wire, Map<String, String> values, long begin,
		AtomicBoolean cancelled) {

	Following(ProviderCall call, PreparedMode mode, Wire.Job wire, Map<String, String> values, long begin) {
		this(call, mode, wire, values, begin, new AtomicBoolean());
	}

	/** The same, with what templates may name once there is a job. */
	Following of(Job job) {
		return new Following(this.call, this.mode, this.wire, job.values(this.values), this.begin, this.cancelled);
	}

	/**
	 * Whether the job is to be cancelled now: it is not wanted, or not at this offering,
	 * and its state says that this costs nothing. Once only.
	 */
	boolean endsEarly(JsonNode answer) {
		SubmissionWatch watch = this.call.watch();
		boolean late = watch.patience().filter(most -> since().compareTo(most) > 0).isPresent();
		return (late || watch.isCancelled()) && this.wire.cancel().isPresent() && isWaiting(answer)
				&& this.cancelled.compareAndSet(false, true);
	}

	/** Whether it has certainly not begun to run. */
	boolean isWaiting(JsonNode answer) {
		return this.wire.begun().filter(path -> Places.text(answer, answer, path).isEmpty()).isPresent();
	}

	/** Tells how the job stands, where its provider says it. */
	void tell(JsonNode answer) {
		boolean queued = isWaiting(answer) || this.wire.queued()
			.contains(Places.text(answer, answer, Places.fill(this.wire.status(), this.values)));
		if (queued || this.wire.begun().isPresent() || !this.wire.queued().isEmpty()) {
			this.call.watch().stands(queued ? SubmissionState.QUEUED : SubmissionState.RUNNING);
		}
	}

	Duration since() {
		return Duration.ofNanos(System.nanoTime() - this.begin);
	}

	boolean wasCancelled() {
		return this.cancelled.get();
	}

}
