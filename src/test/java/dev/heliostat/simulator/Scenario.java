package dev.heliostat.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a simulator is to do with one request: knobs from the prompt, as
 * {@code [[fake: status=429, retry-after=2]]}, over those that a test has set.
 *
 * @param knobs values by name; a knob without a value has an empty one
 */
public record Scenario(Map<String, String> knobs) {

	private static final Pattern DIRECTIVE = Pattern.compile("\\[\\[fake:([^\\]]*)]]");

	public static Scenario parse(String directives) {
		Map<String, String> knobs = new HashMap<>();
		for (String directive : directives.split(",")) {
			String[] parts = directive.strip().split("=", 2);
			if (!parts[0].isBlank()) {
				knobs.put(parts[0].strip(), (parts.length > 1) ? parts[1].strip() : "");
			}
		}
		return new Scenario(knobs);
	}

	static Scenario of(String prompt, Scenario usual) {
		Matcher matcher = DIRECTIVE.matcher(prompt);
		Map<String, String> knobs = new HashMap<>(usual.knobs);
		if (matcher.find()) {
			knobs.putAll(parse(matcher.group(1)).knobs);
		}
		return new Scenario(knobs);
	}

	/** The same with another value for a knob. */
	Scenario with(String knob, String value) {
		Map<String, String> changed = new HashMap<>(this.knobs);
		changed.put(knob, value);
		return new Scenario(changed);
	}

	/** The same without a knob. */
	Scenario without(String knob) {
		Map<String, String> changed = new HashMap<>(this.knobs);
		changed.remove(knob);
		return new Scenario(changed);
	}

	boolean has(String knob) {
		return this.knobs.containsKey(knob);
	}

	String text(String knob, String otherwise) {
		return this.knobs.getOrDefault(knob, otherwise);
	}

	int number(String knob, int otherwise) {
		return this.knobs.containsKey(knob) ? Integer.parseInt(this.knobs.get(knob)) : otherwise;
	}

	/** The side of a picture of noise, in pixels. */
	int side() {
		String side = text("big", "");
		return side.isEmpty() ? 1200 : Integer.parseInt(side);
	}

	/** The time that making a picture takes. */
	Duration latency() {
		return Duration.ofMillis(number("latency", 0));
	}

}
