package dev.heliostat.access;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

import dev.heliostat.access.Budget.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When windows of budgets begin and end, also where the clock is changed.
 */
class BudgetWindowTest {

	@ParameterizedTest
	@CsvSource({
			// Any day, and its first and last moment.
			"DAY, Europe/Berlin, 2026-06-15T10:00:00Z, 2026-06-14T22:00:00Z, 2026-06-15T22:00:00Z",
			"DAY, Europe/Berlin, 2026-06-14T22:00:00Z, 2026-06-14T22:00:00Z, 2026-06-15T22:00:00Z",
			"DAY, Europe/Berlin, 2026-06-14T21:59:59.999Z, 2026-06-13T22:00:00Z, 2026-06-14T22:00:00Z",
			// A day of 23 hours and one of 25.
			"DAY, Europe/Berlin, 2026-03-29T12:00:00Z, 2026-03-28T23:00:00Z, 2026-03-29T22:00:00Z",
			"DAY, Europe/Berlin, 2026-10-25T12:00:00Z, 2026-10-24T22:00:00Z, 2026-10-25T23:00:00Z",
			// A day whose midnight there is not, and one whose midnight there is twice.
			"DAY, America/Santiago, 2026-09-06T12:00:00Z, 2026-09-06T04:00:00Z, 2026-09-07T03:00:00Z",
			"DAY, America/Santiago, 2026-04-04T12:00:00Z, 2026-04-04T03:00:00Z, 2026-04-05T04:00:00Z",
			// Months with a change of the clock, the end of a year, a leap day.
			"MONTH, Europe/Berlin, 2026-03-31T21:59:59Z, 2026-02-28T23:00:00Z, 2026-03-31T22:00:00Z",
			"MONTH, Europe/Berlin, 2026-10-31T23:00:00Z, 2026-10-31T23:00:00Z, 2026-11-30T23:00:00Z",
			"MONTH, Pacific/Auckland, 2026-12-31T10:59:59Z, 2026-11-30T11:00:00Z, 2026-12-31T11:00:00Z",
			"MONTH, UTC, 2028-02-29T23:59:59Z, 2028-02-01T00:00:00Z, 2028-03-01T00:00:00Z",
			"MONTH, Pacific/Kiritimati, 2026-01-31T10:00:00Z, 2026-01-31T10:00:00Z, 2026-02-28T10:00:00Z" })
	void windowsBeginAndEndWithDaysAndMonthsOfTheZone(Window window, String zone, Instant now, Instant start,
			Instant end) {
		assertThat(window.start(now, ZoneId.of(zone))).isEqualTo(start);
		assertThat(window.end(now, ZoneId.of(zone))).contains(end);
		assertThat(window.start(end, ZoneId.of(zone))).isEqualTo(end);
		assertThat(window.start(end.minus(Duration.ofMillis(1)), ZoneId.of(zone))).isEqualTo(start);
	}

	@Test
	void theWholeTimeHasOneWindow() {
		ZoneId zone = ZoneId.of("Europe/Berlin");
		assertThat(Window.TOTAL.start(Instant.now(), zone)).isEqualTo(Instant.EPOCH);
		assertThat(Window.TOTAL.end(Instant.now(), zone)).isEmpty();
	}

}
