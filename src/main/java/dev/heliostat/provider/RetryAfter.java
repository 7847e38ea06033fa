package dev.heliostat.provider;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * Reads how long a server asks to be left alone: seconds, a date, or OpenAI's
 * milliseconds.
 */
final class RetryAfter {

	private RetryAfter() {
	}

	static Optional<Duration> of(HttpHeaders headers) {
		String millis = headers.get("retry-after-ms");
		if (millis != null) {
			return number(millis).map(value -> Duration.ofMillis(value.longValue()));
		}
		String value = headers.get(HttpHeaderNames.RETRY_AFTER);
		return (value != null) ? number(value).map(RetryAfter::seconds).or(() -> date(value)) : Optional.empty();
	}

	static Duration seconds(double seconds) {
		return Duration.ofMillis(Math.round(seconds * 1000));
	}

	private static Optional<Double> number(String text) {
		try {
			double value = Double.parseDouble(text.strip());
			return (value >= 0 && value < 86400_000) ? Optional.of(value) : Optional.empty();
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

	private static Optional<Duration> date(String text) {
		try {
			Instant until = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			Duration wait = Duration.between(Instant.now(), until);
			return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
		}
		catch (DateTimeParseException ex) {
			return Optional.empty();
		}
	}

}
