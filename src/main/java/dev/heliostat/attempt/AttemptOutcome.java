package dev.heliostat.attempt;

import java.time.Duration;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderResult;

/**
 * How one try at one offering ended.
 */
public sealed interface AttemptOutcome {

	/** How long it took. */
	Duration duration();

	/** The provider made pictures. */
	record Served(ProviderResult result, Duration duration) implements AttemptOutcome {
	}

	/** The provider refused because of something that the caller has to change. */
	record Refused(ProviderFailure failure, Duration duration) implements AttemptOutcome {
	}

	/** The provider, or the way to it, failed. */
	record Failed(ProviderFailure failure, Duration duration) implements AttemptOutcome {
	}

	/** The word for it in answers, the ledger and metrics. */
	default String key() {
		return switch (this) {
			case Served _ -> "served";
			case Refused _ -> "refused";
			case Failed _ -> "failed";
		};
	}

	/**
	 * Whether another offering may be asked for the same picture: only where the caller
	 * is not at fault, and where it is certain that this one is not billed.
	 * @param eager whether it is also asked where this one may have been billed
	 */
	default boolean mayFailOver(boolean eager) {
		return switch (this) {
			case Served _, Refused _ -> false;
			case Failed failed -> switch (failed.failure().billed()) {
				case NO -> true;
				case MAYBE -> eager;
				case YES -> false;
			};
		};
	}

}
