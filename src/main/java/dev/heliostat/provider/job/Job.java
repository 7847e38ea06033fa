package dev.heliostat.provider.job;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.catalog.Wire;
import dev.heliostat.image.LostCall;
import dev.heliostat.provider.Places;

/**
 * What a provider calls a job: its id, and the URLs that it gave for it, where it gives
 * any. Kept as one text, so that a job can be followed by whoever reads it later.
 *
 * @param id the provider's id
 * @param links URLs by the name that the provider's file has for them
 */
record Job(String id, Map<String, String> links) {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/** Reads the answer to a submission; empty when it names no job. */
	static Optional<Job> created(JsonNode answer, Wire.Job wire) {
		String id = Places.text(answer, answer, wire.id());
		if (id.isEmpty()) {
			return Optional.empty();
		}
		Map<String, String> links = new HashMap<>();
		wire.links().forEach((name, path) -> {
			String link = Places.text(answer, answer, path);
			if (!link.isEmpty()) {
				links.put(name, link);
			}
		});
		return Optional.of(new Job(id, links));
	}

	/** Reads what {@link #text()} wrote. */
	static Job parse(String text) {
		if (!text.startsWith("{")) {
			return new Job(text, Map.of());
		}
		try {
			JsonNode json = JSON.readTree(text);
			Map<String, String> links = new HashMap<>();
			json.properties().forEach(member -> links.put(member.getKey(), member.getValue().asString("")));
			String id = links.remove("id");
			return new Job((id != null) ? id : "", links);
		}
		catch (JacksonException ex) {
			return new Job(text, Map.of());
		}
	}

	/** The id alone where that is enough, else a JSON object. */
	String text() {
		if (this.links.isEmpty()) {
			return this.id;
		}
		ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", this.id);
		this.links.forEach(json::put);
		return json.toString();
	}

	/** What templates may name. */
	Map<String, String> values(Map<String, String> others) {
		Map<String, String> values = new HashMap<>(others);
		values.putAll(this.links);
		values.put("id", this.id);
		return values;
	}

	/** The state that an answer reports. */
	static Wire.State state(JsonNode answer, Wire.Job wire, Map<String, String> values) {
		List<JsonNode> status = Places.find(answer, answer, Places.fill(wire.status(), values));
		return status.isEmpty() ? Wire.State.RUNNING
				: wire.states().getOrDefault(status.getFirst().asString(""), Wire.State.RUNNING);
	}

	/** Whether a listed job was created with what a call sent, not before a moment. */
	static boolean isFor(JsonNode listed, Wire.Lookup lookup, String model, LostCall call, Instant notBefore) {
		List<JsonNode> inputs = Places.find(listed, listed, lookup.input());
		return Places.text(listed, listed, lookup.model()).equals(model.split(":")[0]) && !inputs.isEmpty()
				&& call.sent(inputs.getFirst())
				&& instant(Places.text(listed, listed, lookup.created()))
					.filter(created -> !created.isBefore(notBefore))
					.isPresent();
	}

	private static Optional<Instant> instant(String text) {
		try {
			return Optional.of(OffsetDateTime.parse(text).toInstant());
		}
		catch (DateTimeParseException ex) {
			return Optional.empty();
		}
	}

	/** Everything but the time in which the model ran, where the answer tells it. */
	static Duration waited(Map<String, JsonNode> facts, Duration followed) {
		JsonNode seconds = facts.get("predict_time");
		Duration ran = Duration.ofMillis((seconds != null) ? Math.round(seconds.asDouble(0) * 1000) : 0);
		return (ran.compareTo(followed) < 0) ? followed.minus(ran) : Duration.ZERO;
	}

}
