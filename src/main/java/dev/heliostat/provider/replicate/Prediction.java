package dev.heliostat.provider.replicate;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

/**
 * Replicate's job object, as create, get, cancel and list give it.
 *
 * @param id the job's id
 * @param status starting, processing, succeeded, failed, canceled or aborted
 * @param outputs URLs of finished pictures, in order; possibly there before the status
 * says succeeded
 * @param error what went wrong, as free text
 * @param json the whole object
 */
record Prediction(String id, String status, List<String> outputs, String error, JsonNode json) {

	static Prediction of(JsonNode json) {
		List<String> outputs = new ArrayList<>();
		collect(json.path("output"), outputs);
		return new Prediction(json.path("id").asString(""), json.path("status").asString(""), outputs,
				json.path("error").asString(""), json);
	}

	/**
	 * The output is a text, a list of texts, or, with odd models, an object that holds
	 * them.
	 */
	private static void collect(JsonNode output, List<String> urls) {
		if (output.isString()) {
			urls.add(output.asString());
		}
		else if (output.isArray() || output.isObject()) {
			output.forEach(item -> collect(item, urls));
		}
	}

	boolean isEnded() {
		return switch (this.status) {
			case "succeeded", "failed", "canceled", "aborted" -> true;
			default -> false;
		};
	}

	boolean isErased() {
		return this.json.path("data_removed").asBoolean(false);
	}

	/** Whether this is the job that was created with an input, not before a moment. */
	boolean isFor(String model, JsonNode input, Instant notBefore) {
		return this.json.path("model").asString("").equals(model.split(":")[0]) && this.json.path("input").equals(input)
				&& createdAt().filter(created -> !created.isBefore(notBefore)).isPresent();
	}

	private Optional<Instant> createdAt() {
		try {
			return Optional.of(Instant.parse(this.json.path("created_at").asString("")));
		}
		catch (DateTimeParseException ex) {
			return Optional.empty();
		}
	}

	/** What prices may depend on. */
	Map<String, JsonNode> facts() {
		Map<String, JsonNode> facts = new HashMap<>();
		for (String field : List.of("predict_time", "image_count")) {
			if (this.json.path("metrics").path(field).isNumber()) {
				facts.put(field, this.json.path("metrics").path(field));
			}
		}
		return facts;
	}

}
