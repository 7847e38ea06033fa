package dev.heliostat.console;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

import dev.heliostat.image.Money;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts what the admin API says into words; pages know it as {@code words}.
 */
final class Words {

	static final Words INSTANCE = new Words();

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'")
		.withZone(ZoneOffset.UTC);

	private Words() {
	}

	/** JSON as templates read it. */
	static Map<String, Object> map(JsonNode json) {
		return JSON.convertValue(json, new TypeReference<Map<String, Object>>() {
		});
	}

	/** A time: seconds since 1970, or RFC 3339. */
	public String time(@Nullable Object value) {
		return switch (value) {
			case null -> "";
			case Number seconds -> MINUTES.format(Instant.ofEpochSecond(seconds.longValue()));
			default -> {
				try {
					yield RunViews.time(Instant.parse(value.toString()));
				}
				catch (DateTimeException ex) {
					yield value.toString();
				}
			}
		};
	}

	/** An amount in micros of USD. */
	public String dollars(@Nullable Object micros) {
		return (micros instanceof Number number) ? PriceWords.dollars(new Money(number.longValue())) : "not known";
	}

	/** A time span in milliseconds. */
	public String seconds(@Nullable Object millis) {
		return (millis instanceof Number number) ? RunViews.seconds(number.longValue()) : "";
	}

	/** A share of one. */
	public String percent(@Nullable Object share) {
		return (share instanceof Number number) ? Math.round(number.doubleValue() * 1000) / 10.0 + " %" : "";
	}

	/** A number with its thousands apart. */
	public String number(@Nullable Object number) {
		return switch (number) {
			case null -> "";
			case Double fraction -> String.format(java.util.Locale.ROOT, "%,.2f", fraction);
			case Number whole -> String.format(java.util.Locale.ROOT, "%,d", whole.longValue());
			default -> number.toString();
		};
	}

	/** Whatever it is, as one text; empty for nothing. */
	public String list(@Nullable Object value) {
		return switch (value) {
			case null -> "";
			case Collection<?> items -> items.stream().map(String::valueOf).collect(Collectors.joining(", "));
			case Map<?, ?> entries -> entries.entrySet()
				.stream()
				.map(entry -> entry.getKey() + "=" + list(entry.getValue()))
				.collect(Collectors.joining(", "));
			default -> value.toString();
		};
	}

	/** JSON for people. */
	public String json(@Nullable Object value) {
		return (value != null) ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) : "";
	}

	/** How a badge is coloured. */
	public String tone(@Nullable Object state) {
		return switch (String.valueOf(state)) {
			case "active", "succeeded", "delivered", "closed", "served", "no" -> "good";
			case "failed", "revoked", "given_up", "open", "archived" -> "bad";
			case "waiting", "running", "queued", "half_open", "maybe", "expired", "cancelled" -> "warn";
			default -> "";
		};
	}

	/** A word of the API for people. */
	public String plain(@Nullable Object word) {
		return (word != null) ? word.toString().replace('_', ' ') : "";
	}

}
