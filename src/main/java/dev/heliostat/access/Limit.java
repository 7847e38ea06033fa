package dev.heliostat.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One limit that a request has to keep.
 *
 * @param owner whose it is: {@code key} or {@code project}, and its id
 * @param what what is counted
 * @param window in which time
 * @param most how many
 */
record Limit(String owner, What what, Duration window, long most) {

	/** What limits count. */
	enum What {

		REQUESTS, IMAGES, MEGAPIXELS;

		/** How many of it a request is. */
		double of(int images, double megapixels) {
			return switch (this) {
				case REQUESTS -> 1;
				case IMAGES -> images;
				case MEGAPIXELS -> megapixels;
			};
		}

		String word() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/** The limits in some rates. */
	static List<Limit> of(String owner, Rates rates) {
		List<Limit> limits = new ArrayList<>();
		add(limits, owner, What.REQUESTS, rates.requests());
		add(limits, owner, What.IMAGES, rates.images());
		add(limits, owner, What.MEGAPIXELS, rates.megapixels());
		return limits;
	}

	private static void add(List<Limit> limits, String owner, What what, Rates.Pace pace) {
		add(limits, owner, what, Duration.ofSeconds(1), pace.perSecond());
		add(limits, owner, what, Duration.ofMinutes(1), pace.perMinute());
		add(limits, owner, what, Duration.ofHours(1), pace.perHour());
	}

	private static void add(List<Limit> limits, String owner, What what, Duration window, Optional<Long> most) {
		most.ifPresent(number -> limits.add(new Limit(owner, what, window, number)));
	}

	/** The limit in words: {@code 60 images a minute}. */
	String words() {
		String time = switch ((int) this.window.toSeconds()) {
			case 1 -> "a second";
			case 60 -> "a minute";
			default -> "an hour";
		};
		return this.most + " " + this.what.word() + " " + time;
	}

	/** Whose it is, in words. */
	String whose() {
		return this.owner.startsWith("key ") ? "This key" : "This project";
	}

}
