package dev.heliostat.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.heliostat.image.ProviderFailure.Moderation;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the usual forms of error bodies say.
 *
 * @param message the sentence, shortened; free of addresses and credentials
 * @param codes every code, type and title
 * @param param the field at fault, by its own name
 * @param retryAfter how long to wait
 * @param moderation what was refused, and where
 */
record ErrorBody(String message, List<String> codes, Optional<String> param, Optional<Duration> retryAfter,
		Optional<Moderation> moderation) {

	private static final int LONGEST = 300;

	private static final Pattern SECRETS = Pattern
		.compile("(?i)(bearer\\s+|token\\s+)?\\b(r8_|sk-|key-|hf_)[\\w*-]{4,}");

	private static final Pattern ADDRESSES = Pattern.compile("https?://\\S+");

	private static final JsonMapper JSON = JsonMapper.builder().build();

	static ErrorBody ofMessage(String message) {
		return new ErrorBody(clean(message), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
	}

	static ErrorBody parse(String text) {
		try {
			JsonNode json = JSON.readTree(text);
			return json.isObject() ? parse(json) : ofMessage(text.startsWith("<") ? "" : text);
		}
		catch (JacksonException ex) {
			return ofMessage(text.startsWith("<") ? "" : text);
		}
	}

	private static ErrorBody parse(JsonNode json) {
		JsonNode error = json.path("error").isObject() ? json.path("error") : json;
		List<String> codes = new ArrayList<>();
		for (String field : List.of("code", "type", "title", "name")) {
			if (error.path(field).isString()) {
				codes.add(error.path(field).asString());
			}
		}
		String message = firstText(error, "message", "detail", "error", "title");
		JsonNode fields = json.path("invalid_fields");
		Optional<String> param = error.path("param").isString() ? Optional.of(error.path("param").asString())
				: fields.isArray() && !fields.isEmpty()
						? Optional.of(fields.get(0).path("field").asString("").replaceFirst("^input\\.", ""))
						: Optional.empty();
		Optional<Duration> retryAfter = json.path("retry_after").isNumber()
				? Optional.of(RetryAfter.seconds(json.path("retry_after").asDouble())) : Optional.empty();
		return new ErrorBody(clean(message), codes, param, retryAfter, moderation(error.path("moderation_details")));
	}

	private static String firstText(JsonNode json, String... fields) {
		for (String field : fields) {
			if (json.path(field).isString()) {
				return json.path(field).asString();
			}
		}
		return "";
	}

	private static Optional<Moderation> moderation(JsonNode details) {
		if (!details.isObject()) {
			return Optional.empty();
		}
		List<String> categories = new ArrayList<>();
		details.path("categories").forEach(category -> categories.add(category.asString()));
		return Optional.of(new Moderation(details.path("moderation_stage").asString("unknown"), categories));
	}

	private static String clean(String message) {
		String text = ADDRESSES.matcher(SECRETS.matcher(message).replaceAll("***")).replaceAll("(address)").strip();
		return (text.length() <= LONGEST) ? text : text.substring(0, LONGEST) + "…";
	}

}
