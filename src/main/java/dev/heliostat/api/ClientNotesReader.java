package dev.heliostat.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.ClientNotes;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what a client says of its request for its own accounts: {@code metadata} with its
 * {@code tags}, {@code session_id}, and headers for those whose SDK has no such fields.
 */
final class ClientNotesReader {

	private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

	private static final int MOST_PAIRS = 16;

	private static final int LONGEST_NAME = 64;

	private static final int LONGEST_VALUE = 512;

	private static final int MOST_TAGS = 8;

	private static final int LONGEST_TAG = 64;

	private static final int LONGEST_SESSION = 256;

	private ClientNotesReader() {
	}

	static ClientNotes read(HttpHeaders headers, ObjectNode body) {
		JsonNode metadata = body.path("metadata");
		if (!metadata.isMissingNode() && !metadata.isNull() && !metadata.isObject()) {
			throw invalid("metadata", "not an object (expected: names and texts, and tags)");
		}
		Optional<String> trace = Optional.ofNullable(traceparent(headers));
		List<String> tags = tags("x-heliostat-tags", header(headers, "x-heliostat-tags"));
		Optional<String> session = text("session_id", body.path("session_id"), LONGEST_SESSION)
			.or(() -> header(headers, "x-session-id").map(text -> bounded("x-session-id", text, LONGEST_SESSION)));
		return metadata.isObject() ? read(metadata, new ArrayList<>(tags), session, trace)
				: new ClientNotes(session, trace, distinct(tags), Map.of());
	}

	private static ClientNotes read(JsonNode metadata, List<String> tags, Optional<String> session,
			Optional<String> trace) {
		Map<String, String> pairs = new HashMap<>();
		for (Map.Entry<String, JsonNode> pair : metadata.properties()) {
			switch (pair.getKey()) {
				case "tags" -> tags.addAll(tags(pair.getValue()));
				case "session_id" -> {
					Optional<String> said = text("metadata.session_id", pair.getValue(), LONGEST_SESSION);
					session = session.or(() -> said);
				}
				default -> text("metadata." + name(pair.getKey()), pair.getValue(), LONGEST_VALUE)
					.ifPresent(text -> pairs.put(pair.getKey(), text));
			}
		}
		if (pairs.size() > MOST_PAIRS) {
			throw invalid("metadata", pairs.size() + " pairs (expected: at most " + MOST_PAIRS + ")");
		}
		return new ClientNotes(session, trace, distinct(tags), pairs);
	}

	private static List<String> distinct(List<String> tags) {
		if (tags.isEmpty()) {
			return List.of();
		}
		List<String> distinct = tags.stream().distinct().toList();
		if (distinct.size() > MOST_TAGS) {
			throw invalid("metadata.tags", distinct.size() + " tags (expected: at most " + MOST_TAGS + ")");
		}
		return distinct;
	}

	/** The client's trace; null where it says none, or none that W3C would know. */
	static @Nullable String traceparent(HttpHeaders headers) {
		String value = headers.getFirst("traceparent");
		return (value != null && TRACEPARENT.matcher(value).matches()) ? value : null;
	}

	private static Optional<String> header(HttpHeaders headers, String name) {
		String value = headers.getFirst(name);
		return Optional.ofNullable(value).filter(text -> !text.isBlank());
	}

	private static List<String> tags(JsonNode value) {
		if (value.isArray()) {
			List<String> tags = new ArrayList<>();
			value.forEach(tag -> text("metadata.tags", tag, LONGEST_TAG).ifPresent(tags::add));
			return tags;
		}
		return tags("metadata.tags", text("metadata.tags", value, MOST_TAGS * (LONGEST_TAG + 2)));
	}

	private static List<String> tags(String name, Optional<String> list) {
		if (list.isEmpty()) {
			return List.of();
		}
		return list.stream()
			.flatMap(text -> Arrays.stream(text.split(",")))
			.map(String::strip)
			.filter(tag -> !tag.isEmpty())
			.map(tag -> bounded(name, tag, LONGEST_TAG))
			.toList();
	}

	private static String name(String name) {
		return bounded("metadata", name, LONGEST_NAME);
	}

	/** Numbers and flags are texts here; nothing is the same as an empty text. */
	private static Optional<String> text(String name, JsonNode value, int longest) {
		if (value.isMissingNode() || value.isNull()) {
			return Optional.empty();
		}
		if (value.isContainer()) {
			throw invalid(name, "not a text (expected: a text of at most " + longest + " characters)");
		}
		return Optional.of(value.asString().strip())
			.filter(text -> !text.isEmpty())
			.map(text -> bounded(name, text, longest));
	}

	private static String bounded(String name, String text, int longest) {
		if (text.length() > longest || text.chars().anyMatch(Character::isISOControl)) {
			throw invalid(name,
					text.length() + " characters (expected: at most " + longest + ", without control characters)");
		}
		return text;
	}

	private static RuntimeException invalid(String name, String problem) {
		return new GatewayError.InvalidValue(name, name + ": " + problem).asException();
	}

}
