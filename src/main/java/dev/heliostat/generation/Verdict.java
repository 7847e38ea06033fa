package dev.heliostat.generation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderFailure.Moderation;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;

/**
 * Says what a generation without a picture ended as.
 */
final class Verdict {

	private Verdict() {
	}

	/**
	 * The error that tells the caller most: own fault, then a possible bill, then what
	 * all providers said.
	 */
	static GatewayError of(Run run) {
		List<ProviderFailure> failures = run.outcomes()
			.stream()
			.flatMap(outcome -> Submissions.failure(outcome).stream())
			.toList();
		for (ProviderFailure failure : failures) {
			if (failure.kind().isCallerFault()) {
				return refusal(failure);
			}
		}
		String tried = tried(run);
		if (failures.stream().anyMatch(failure -> failure.billed() != Billed.NO)) {
			return new GatewayError.OutcomeUnknown(
					"The picture may have been made and billed, but its outcome cannot be "
							+ "had, so the gateway did not try again: " + tried
							+ " Look at the provider's own dashboard before you repeat the request.");
		}
		Optional<Duration> after = retryAfter(failures);
		if (isLimit(run, failures)) {
			return new GatewayError.RateLimited("Whoever can serve this is at its limit: " + tried,
					after.orElse(Duration.ofSeconds(1)));
		}
		return new GatewayError.AllProvidersFailed("Every provider failed, and nothing was billed: " + tried, after);
	}

	/** The only provider's limit, or nothing but the gateway's own. */
	private static boolean isLimit(Run run, List<ProviderFailure> failures) {
		boolean own = !failures.isEmpty() && failures.stream().allMatch(failure -> failure.kind() == Kind.SATURATED);
		return own || (run.attempts().size() == 1 && failures.size() == 1
				&& failures.getFirst().kind() == Kind.RATE_LIMITED);
	}

	private static GatewayError refusal(ProviderFailure failure) {
		if (failure.kind() == Kind.MODERATION) {
			return new GatewayError.Moderated(
					"The provider refused the content: " + failure.message() + " Change the prompt and try again.",
					failure.moderation().orElse(Moderation.UNKNOWN));
		}
		return new GatewayError.InvalidValue(failure.param().orElse("prompt"),
				"The provider refused the request: " + failure.message());
	}

	/**
	 * The soonest time at which one of them asks to be tried again, or soon, where they
	 * only broke; empty where none of them passes by itself, whatever it asks.
	 */
	private static Optional<Duration> retryAfter(List<ProviderFailure> failures) {
		List<ProviderFailure> passing = failures.stream().filter(failure -> switch (failure.kind()) {
			case RATE_LIMITED, CAPACITY, CONNECT, UPSTREAM_ERROR, SATURATED -> true;
			case INVALID_REQUEST, MODERATION, AUTH, QUOTA, MODEL_NOT_FOUND, LOST, TIMEOUT, BAD_OUTPUT -> false;
		}).toList();
		Optional<Duration> asked = passing.stream()
			.flatMap(failure -> failure.retryAfter().stream())
			.min(Comparator.naturalOrder());
		return asked.or(() -> passing.isEmpty() ? Optional.empty() : Optional.of(Duration.ofSeconds(1)));
	}

	private static String tried(Run run) {
		List<String> parts = new ArrayList<>();
		List<AttemptRecord> attempts = run.attempts();
		for (AttemptRecord attempt : attempts) {
			parts.add(attempt.provider() + " " + attempt.failure().orElse("failed").replace('_', ' '));
		}
		run.outcomes()
			.stream()
			.flatMap(outcome -> Submissions.failure(outcome).stream())
			.findFirst()
			.ifPresent(failure -> parts.add("first message: " + failure.message()));
		run.holding().refused().ifPresent(refused -> parts.add("others are beyond a budget of the caller"));
		return String.join(", ", parts) + ".";
	}

	/** A sentence for each picture that is missing from an answer that has others. */
	static List<String> missing(Run run, int made) {
		int wanted = run.order().request().count();
		if (made == wanted) {
			return List.of();
		}
		String reason = run.outcomes()
			.stream()
			.filter(outcome -> !(outcome instanceof AttemptOutcome.Served))
			.flatMap(outcome -> Submissions.failure(outcome).stream())
			.reduce((first, second) -> second)
			.map(failure -> failure.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + failure.message())
			.orElse("the provider made fewer than it was asked for");
		return List.of("n: " + made + " of " + wanted + " pictures were made; the others failed (" + reason + ").");
	}

}
