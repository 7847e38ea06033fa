package dev.heliostat.admin;

import java.time.Duration;
import java.util.Optional;

import dev.heliostat.access.Rates;
import dev.heliostat.access.Rates.Pace;
import dev.heliostat.access.Retention;

/**
 * Reads limits and retentions from bodies of the admin API.
 */
final class LimitFields {

	private static final long MOST = 1_000_000_000_000L;

	private static final Duration LONGEST_PROMPTS = Duration.ofDays(400);

	private static final Duration LONGEST_MEDIA = Duration.ofDays(400);

	private LimitFields() {
	}

	/** How fast somebody may ask; empty for what configuration says. */
	static Optional<Rates> limits(Fields fields) {
		return fields.object("limits").map(own -> {
			Rates rates = new Rates(pace(own, "requests"), pace(own, "images"), pace(own, "megapixels"),
					own.number("at_once", 1, Integer.MAX_VALUE).map(Math::toIntExact));
			own.end();
			return rates;
		});
	}

	private static Pace pace(Fields fields, String name) {
		return fields.object(name).map(own -> {
			Pace pace = new Pace(own.number("per_second", 1, MOST), own.number("per_minute", 1, MOST),
					own.number("per_hour", 1, MOST));
			own.end();
			return pace;
		}).orElse(Pace.ANY);
	}

	/**
	 * How long what requests hold is kept.
	 * @param before what stays where a member is left out; null sets one back to what
	 * configuration says
	 */
	static Retention retention(Fields fields, Retention before) {
		return fields.object("retention").map(own -> {
			Retention retention = new Retention(
					own.has("prompt_seconds")
							? own.number("prompt_seconds", 0, LONGEST_PROMPTS.toSeconds()).map(Duration::ofSeconds)
							: before.prompts(),
					own.has("media_seconds")
							? own.number("media_seconds", 60, LONGEST_MEDIA.toSeconds()).map(Duration::ofSeconds)
							: before.media());
			own.end();
			return retention;
		}).orElse(Retention.UNSAID);
	}

}
