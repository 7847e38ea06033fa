package dev.heliostat.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
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

	private static final int DEEPEST = 8;

	private static final List<String> CODES = List.of("code", "type", "title", "name", "status", "error_type", "reason",
			"quotaId", "__type");

	private static final List<String> MESSAGES = List.of("message", "msg", "detail", "error", "description", "title");

	private static final List<String> WRAPPERS = List.of("error", "errors", "detail", "details", "fault",
			"invalid_fields", "violations", "metadata", "inner_error", "innererror");

	private static final Pattern SECONDS = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)s");

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
			return json.isContainer() ? of(json) : ofMessage(text.startsWith("<") ? "" : text);
		}
		catch (JacksonException ex) {
			return ofMessage(text.startsWith("<") ? "" : text);
		}
	}

	/**
	 * Reads an error in any of the usual forms: an object or a list of them, plain or
	 * under {@code error}, {@code errors}, {@code detail} or {@code fault}.
	 */
	static ErrorBody of(JsonNode json) {
		List<String> codes = new ArrayList<>();
		List<String> messages = new ArrayList<>();
		List<String> params = new ArrayList<>();
		List<Duration> pauses = new ArrayList<>();
		List<Moderation> moderations = new ArrayList<>();
		collect(json, 0, codes, messages, params, pauses, moderations);
		return new ErrorBody(clean(messages.isEmpty() ? "" : messages.getFirst()), codes, params.stream().findFirst(),
				pauses.stream().findFirst(), moderations.stream().findFirst());
	}

	private static void collect(JsonNode json, int depth, List<String> codes, List<String> messages,
			List<String> params, List<Duration> pauses, List<Moderation> moderations) {
		if (depth > DEEPEST) {
			return;
		}
		if (json.isArray()) {
			json.forEach(element -> {
				if (element.isString()) {
					messages.add(element.asString());
				}
				else {
					collect(element, depth + 1, codes, messages, params, pauses, moderations);
				}
			});
			return;
		}
		for (String field : CODES) {
			if (json.path(field).isValueNode() && !json.path(field).isNull()) {
				codes.add(json.path(field).asString());
			}
		}
		for (String field : MESSAGES) {
			if (json.path(field).isString()) {
				messages.add(json.path(field).asString());
			}
		}
		param(json).ifPresent(params::add);
		if (json.path("retry_after").isNumber()) {
			pauses.add(RetryAfter.seconds(json.path("retry_after").asDouble()));
		}
		if (json.path("estimated_time").isNumber()) {
			pauses.add(RetryAfter.seconds(json.path("estimated_time").asDouble()));
		}
		// Google's google.rpc.RetryInfo has "31s".
		Matcher delay = SECONDS.matcher(json.path("retryDelay").asString(""));
		if (delay.matches()) {
			pauses.add(RetryAfter.seconds(Double.parseDouble(delay.group(1))));
		}
		moderation(json.path("moderation_details")).ifPresent(moderations::add);
		reasons(json.path("reasons")).ifPresent(moderations::add);
		for (String field : WRAPPERS) {
			if (json.path(field).isContainer()) {
				collect(json.path(field), depth + 1, codes, messages, params, pauses, moderations);
			}
		}
	}

	private static Optional<String> param(JsonNode json) {
		for (String field : List.of("param", "parameter", "field")) {
			if (json.path(field).isString()) {
				return Optional.of(json.path(field).asString().replaceFirst("^input\\.", ""));
			}
		}
		JsonNode place = json.path("loc");
		return (place.isArray() && !place.isEmpty()) ? Optional.of(place.get(place.size() - 1).asString(""))
				: Optional.empty();
	}

	private static Optional<Moderation> reasons(JsonNode reasons) {
		if (!reasons.isArray() || reasons.isEmpty()) {
			return Optional.empty();
		}
		List<String> categories = new ArrayList<>();
		reasons.forEach(reason -> categories.add(reason.asString("")));
		return Optional.of(new Moderation("input", categories));
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
