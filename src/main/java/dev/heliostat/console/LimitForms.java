package dev.heliostat.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.access.Rates;
import dev.heliostat.access.Rates.Pace;
import dev.heliostat.access.Retention;
import dev.heliostat.console.DeskForm.Field;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.util.MultiValueMap;

/**
 * Entries of the forms about how fast somebody may ask, and about how long what is asked
 * for is kept: in the words that pages show them in, and the JSON of the admin API that
 * they make.
 */
final class LimitForms {

	/** The entry that says that configuration's limits do not count, either. */
	private static final String NONE = "no limits";

	private static final Pattern PACE = Pattern
		.compile("([0-9]{1,15})\\s+(requests?|images?|pictures?|megapixels?)\\s*(?:/|an?\\s|per\\s)\\s*"
				+ "(second|minute|hour)", Pattern.CASE_INSENSITIVE);

	private static final Pattern AT_ONCE = Pattern.compile("([0-9]{1,9})\\s+(?:generations?\\s+)?at once",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern TIME = Pattern.compile("([0-9]{1,8})\\s*([smhd]?)");

	private static final String LINE = "a line such as 60 images a minute, 5 requests a second, 500 megapixels an hour, or "
			+ "20 at once";

	private LimitForms() {
	}

	static Field limits() {
		return Field.area("limits", "Limits",
				"One in each line: 60 images a minute, 5 requests a second, 500 megapixels an hour, 20 at once. "
						+ "Empty: what the configuration says. \"" + NONE + "\": none, whatever that says.");
	}

	static List<Field> retention() {
		String times = "A number with s, m, h or d, such as 30d";
		return List.of(
				Field.text("keep_prompts", "Keep prompts for",
						times + "; 0 keeps none. Empty: what the configuration says."),
				Field.text("keep_pictures", "Keep pictures for", times + ". Empty: what the configuration says."));
	}

	/** Limits as the form shows them. */
	static String words(Optional<Rates> limits) {
		return limits.map(rates -> {
			List<String> lines = new ArrayList<>();
			words(lines, "requests", rates.requests());
			words(lines, "images", rates.images());
			words(lines, "megapixels", rates.megapixels());
			rates.atOnce().ifPresent(most -> lines.add(most + " at once"));
			return lines.isEmpty() ? NONE : String.join("\n", lines);
		}).orElse("");
	}

	private static void words(List<String> lines, String what, Pace pace) {
		pace.perSecond().ifPresent(most -> lines.add(most + " " + what + " a second"));
		pace.perMinute().ifPresent(most -> lines.add(most + " " + what + " a minute"));
		pace.perHour().ifPresent(most -> lines.add(most + " " + what + " an hour"));
	}

	static Map<String, String> words(Retention retention) {
		return Map.of("keep_prompts", retention.prompts().map(LimitForms::words).orElse(""), "keep_pictures",
				retention.media().map(LimitForms::words).orElse(""));
	}

	private static String words(Duration time) {
		long seconds = time.toSeconds();
		return (seconds == 0) ? "0" : (seconds % 86_400 == 0) ? seconds / 86_400 + "d" : (seconds % 3600 == 0)
				? seconds / 3600 + "h" : (seconds % 60 == 0) ? seconds / 60 + "m" : seconds + "s";
	}

	/** Limits as the API takes them; left out where the form has no such entry. */
	static void limits(MultiValueMap<String, String> fields, ObjectNode body) {
		if (!fields.containsKey("limits")) {
			return;
		}
		List<String> lines = AccessForms.lines(fields, "limits");
		if (lines.isEmpty()) {
			body.putNull("limits");
			return;
		}
		ObjectNode limits = body.putObject("limits");
		for (String line : lines) {
			if (!(lines.size() == 1 && line.equalsIgnoreCase(NONE))) {
				limit(line, limits);
			}
		}
	}

	private static void limit(String line, ObjectNode limits) {
		Matcher pace = PACE.matcher(line);
		Matcher atOnce = AT_ONCE.matcher(line);
		if (pace.matches()) {
			put(line, limits.withObjectProperty(measure(pace.group(2))),
					"per_" + pace.group(3).toLowerCase(Locale.ROOT), pace.group(1));
		}
		else if (atOnce.matches()) {
			put(line, limits, "at_once", atOnce.group(1));
		}
		else {
			throw AccessForms.invalid("limits", line, LINE);
		}
	}

	private static void put(String line, ObjectNode into, String name, String digits) {
		long most = Long.parseLong(digits);
		if (most < 1) {
			throw AccessForms.invalid("limits", line, "at least 1; what is to be refused whole is revoked or archived");
		}
		if (into.has(name)) {
			throw AccessForms.invalid("limits", line, "each limit once");
		}
		into.put(name, most);
	}

	private static String measure(String word) {
		String what = word.toLowerCase(Locale.ROOT);
		return what.startsWith("request") ? "requests" : what.startsWith("mega") ? "megapixels" : "images";
	}

	/** Retention as the API takes it; left out where the form has no such entries. */
	static void retention(MultiValueMap<String, String> fields, ObjectNode body) {
		if (!fields.containsKey("keep_prompts") && !fields.containsKey("keep_pictures")) {
			return;
		}
		ObjectNode retention = body.putObject("retention");
		seconds(fields, "keep_prompts", "prompt_seconds", 0, retention);
		seconds(fields, "keep_pictures", "media_seconds", 60, retention);
	}

	private static void seconds(MultiValueMap<String, String> fields, String entry, String name, long least,
			ObjectNode into) {
		String text = Forms.first(fields, entry).strip().toLowerCase(Locale.ROOT);
		if (text.isEmpty()) {
			into.putNull(name);
			return;
		}
		Matcher time = TIME.matcher(text);
		long number = time.matches() ? Long.parseLong(time.group(1)) : -1;
		// A number alone is only clear where it is nothing.
		long unit = !time.matches() ? 0 : switch (time.group(2)) {
			case "s" -> 1;
			case "m" -> 60;
			case "h" -> 3600;
			case "d" -> 86_400;
			default -> (number == 0) ? 1 : 0;
		};
		long seconds = number * unit;
		if (unit == 0 || seconds < least || seconds > Duration.ofDays(400).toSeconds()) {
			throw AccessForms.invalid(entry, text,
					"a number with s, m, h or d, such as 30d, from " + ((least == 0) ? "0" : "1m") + " to 400d");
		}
		into.put(name, seconds);
	}

}
