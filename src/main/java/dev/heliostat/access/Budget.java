package dev.heliostat.access;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

import dev.heliostat.ledger.Measure;

/**
 * How much an owner may spend in each window of time.
 *
 * @param id {@code budget_…}
 * @param owner whose it is
 * @param terms what it permits
 * @param createdAt when it was made: what was spent before does not count
 * @param version counts its changes up
 */
public record Budget(String id, Owner owner, Terms terms, Instant createdAt, long version) {

	/**
	 * Whose budget it is.
	 *
	 * @param kind a key, a project, or end users of a project
	 * @param id the id of the key or the project
	 * @param endUser the keyed hash of one end user; empty for each end user of the
	 * project
	 */
	public record Owner(Kind kind, String id, String endUser) {

		/** Who can have budgets. */
		public enum Kind {

			KEY, PROJECT, USER;

			/** How it is called on the wire and in the store. */
			public String key() {
				return name().toLowerCase(Locale.ROOT);
			}

		}

	}

	/**
	 * What a budget permits.
	 *
	 * @param measure what it counts
	 * @param amount how much, in the measure's own unit
	 * @param window in which time
	 * @param zone where days and months begin
	 * @param hard whether it refuses what goes beyond it, or only warns
	 * @param warnPercent from which part of it on callers are warned; 0 for never
	 */
	public record Terms(Measure measure, long amount, Window window, ZoneId zone, boolean hard, int warnPercent) {
	}

	/** The time in which a budget counts. */
	public enum Window {

		DAY, MONTH, TOTAL;

		/** How it is called on the wire and in the store. */
		public String key() {
			return name().toLowerCase(Locale.ROOT);
		}

		/** When the window began that an instant falls into; the epoch for all time. */
		public Instant start(Instant now, ZoneId zone) {
			LocalDate today = now.atZone(zone).toLocalDate();
			return switch (this) {
				case DAY -> today.atStartOfDay(zone).toInstant();
				case MONTH -> today.withDayOfMonth(1).atStartOfDay(zone).toInstant();
				case TOTAL -> Instant.EPOCH;
			};
		}

		/** When the next window begins; empty for all time. */
		public Optional<Instant> end(Instant now, ZoneId zone) {
			LocalDate today = now.atZone(zone).toLocalDate();
			return switch (this) {
				case DAY -> Optional.of(today.plusDays(1).atStartOfDay(zone).toInstant());
				case MONTH -> Optional.of(today.withDayOfMonth(1).plusMonths(1).atStartOfDay(zone).toInstant());
				case TOTAL -> Optional.empty();
			};
		}

	}

}
