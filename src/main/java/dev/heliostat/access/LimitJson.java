package dev.heliostat.access;

import java.util.Optional;

import dev.heliostat.access.Rates.Pace;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Limits as JSON, for the admin API and the store.
 */
final class LimitJson {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private LimitJson() {
	}

	/** Limits; what is not limited is left out. */
	static ObjectNode of(Rates rates) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		put(json, "requests", rates.requests());
		put(json, "images", rates.images());
		put(json, "megapixels", rates.megapixels());
		rates.atOnce().ifPresent(most -> json.put("at_once", most));
		return json;
	}

	private static void put(ObjectNode json, String name, Pace pace) {
		if (!pace.equals(Pace.ANY)) {
			ObjectNode written = json.putObject(name);
			pace.perSecond().ifPresent(most -> written.put("per_second", most));
			pace.perMinute().ifPresent(most -> written.put("per_minute", most));
			pace.perHour().ifPresent(most -> written.put("per_hour", most));
		}
	}

	static Rates rates(String text) {
		JsonNode json = JSON.readTree(text);
		return new Rates(pace(json.path("requests")), pace(json.path("images")), pace(json.path("megapixels")),
				number(json.path("at_once")).map(Math::toIntExact));
	}

	private static Pace pace(JsonNode json) {
		return new Pace(number(json.path("per_second")), number(json.path("per_minute")),
				number(json.path("per_hour")));
	}

	private static Optional<Long> number(JsonNode json) {
		return json.isMissingNode() ? Optional.empty() : Optional.of(json.asLong());
	}

}
