package dev.heliostat.admin;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import dev.heliostat.access.Network;
import dev.heliostat.access.Scope;
import dev.heliostat.image.GatewayError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of a body of the admin API, read one by one; {@link #end} refuses those
 * that nobody asked for. A member that is null counts as left out.
 */
final class Fields {

	private static final int LONGEST_NAME = 200;

	private static final int MOST_TAGS = 32;

	private static final int LONGEST_TAG = 500;

	private static final int MOST_RULES = 200;

	private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

	private final ObjectNode body;

	private final String prefix;

	private final Set<String> known = new LinkedHashSet<>();

	Fields(ObjectNode body) {
		this(body, "");
	}

	private Fields(ObjectNode body, String prefix) {
		this.body = body;
		this.prefix = prefix;
	}

	/** Whether a member is there, null included. */
	boolean has(String name) {
		this.known.add(name);
		return this.body.has(name);
	}

	private Optional<JsonNode> member(String name) {
		this.known.add(name);
		return Optional.ofNullable(this.body.get(name)).filter(value -> !value.isNull());
	}

	/** A short text for people. */
	Optional<String> name(String name) {
		Optional<String> text = text(name);
		text.ifPresent(value -> {
			if (value.isBlank() || value.length() > LONGEST_NAME || value.chars().anyMatch(Character::isISOControl)) {
				throw invalid(name, value.isBlank() ? "empty" : value.length() + " characters",
						"1 to " + LONGEST_NAME + " characters, without control characters");
			}
		});
		return text;
	}

	/** A short text that has to be there. */
	String requiredName(String name) {
		return name(name).orElseThrow(() -> missing(name));
	}

	Optional<String> text(String name) {
		return member(name).map(value -> {
			if (!value.isString()) {
				throw invalid(name, shown(value), "a text");
			}
			return value.asString();
		});
	}

	/** An object that something else reads. */
	Optional<ObjectNode> object(String name) {
		return member(name).map(value -> {
			if (!(value instanceof ObjectNode object)) {
				throw invalid(name, shown(value), "an object");
			}
			return object;
		});
	}

	/** One of a few words. */
	<E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
		List<String> words = List.of(type.getEnumConstants())
			.stream()
			.map(value -> value.name().toLowerCase(Locale.ROOT))
			.toList();
		return member(name).map(value -> {
			if (!value.isString() || !words.contains(value.asString())) {
				throw invalid(name, shown(value), "one of " + String.join(", ", words));
			}
			return Enum.valueOf(type, value.asString().toUpperCase(Locale.ROOT));
		});
	}

	Optional<Boolean> flag(String name) {
		return member(name).map(value -> {
			if (!value.isBoolean()) {
				throw invalid(name, shown(value), "true or false");
			}
			return value.asBoolean();
		});
	}

	/** A whole number. */
	Optional<Long> number(String name, long least, long most) {
		return member(name).map(value -> {
			BigDecimal number = value.isNumber() ? value.decimalValue() : null;
			if (number == null || number.compareTo(BigDecimal.valueOf(least)) < 0
					|| number.compareTo(BigDecimal.valueOf(most)) > 0 || number.stripTrailingZeros().scale() > 0) {
				throw invalid(name, shown(value), "a whole number from " + least + " to " + most);
			}
			return number.longValueExact();
		});
	}

	/** A time: RFC 3339, or seconds since 1970. */
	Optional<Instant> time(String name) {
		return member(name).map(value -> {
			try {
				Instant time = value.isIntegralNumber() && value.canConvertToLong()
						? Instant.ofEpochSecond(value.asLong()) : OffsetDateTime.parse(value.asString()).toInstant();
				if (time.isAfter(LATEST) || time.isBefore(Instant.EPOCH)) {
					throw new DateTimeException("out of range");
				}
				return time;
			}
			catch (DateTimeException | tools.jackson.databind.exc.JsonNodeException ex) {
				throw invalid(name, shown(value), "a time such as 2030-01-31T12:00:00Z, or seconds since 1970");
			}
		});
	}

	/** Tags: names and short texts. */
	Optional<Map<String, String>> tags(String name) {
		return member(name).map(value -> {
			if (!value.isObject() || value.size() > MOST_TAGS) {
				throw invalid(name, shown(value), "an object with up to " + MOST_TAGS + " texts");
			}
			Map<String, String> tags = new TreeMap<>();
			value.properties().forEach(tag -> {
				if (!tag.getKey().matches("[A-Za-z0-9._/-]{1,64}") || !tag.getValue().isString()
						|| tag.getValue().asString().length() > LONGEST_TAG) {
					throw invalid(name + "." + tag.getKey(), shown(tag.getValue()), "a text of up to " + LONGEST_TAG
							+ " characters under a name of up to 64 letters, digits, '.', '_', '/' and '-'");
				}
				tags.put(tag.getKey(), tag.getValue().asString());
			});
			return tags;
		});
	}

	/** Scopes: a list is short for what is allowed. */
	Optional<Scope> scopes(String name) {
		return member(name).map(value -> {
			if (!(value instanceof ObjectNode object)) {
				throw invalid(name, shown(value), "an object with models, providers, endpoints and sources");
			}
			Fields scopes = new Fields(object, this.prefix + name + ".");
			Scope scope = new Scope(scopes.names("models"), scopes.names("providers"), scopes.names("endpoints"),
					scopes.networks("sources"));
			scopes.end();
			return scope;
		});
	}

	private Scope.Names names(String name) {
		List<List<String>> rules = rules(name, text -> {
			if (!text.matches("[A-Za-z0-9][A-Za-z0-9._/-]{0,199}\\*?|\\*")) {
				throw new IllegalArgumentException("'" + text + "' (expected: a name, or its beginning and *)");
			}
			return text;
		});
		return new Scope.Names(rules.getFirst(), rules.getLast());
	}

	private Scope.Networks networks(String name) {
		List<List<Network>> rules = rules(name, Network::of);
		return new Scope.Networks(rules.getFirst(), rules.getLast());
	}

	/** What is allowed, and what is denied. */
	private <T> List<List<T>> rules(String name, Function<String, T> read) {
		Optional<JsonNode> value = member(name);
		if (value.isEmpty()) {
			return List.of(List.of(), List.of());
		}
		if (value.get() instanceof ObjectNode object) {
			Fields rule = new Fields(object, this.prefix + name + ".");
			List<List<T>> rules = List.of(rule.list("allow", read), rule.list("deny", read));
			rule.end();
			return rules;
		}
		return List.of(list(name, read), List.of());
	}

	private <T> List<T> list(String name, Function<String, T> read) {
		Optional<JsonNode> value = member(name);
		List<T> items = new ArrayList<>();
		if (value.isPresent()) {
			if (!value.get().isArray() || value.get().size() > MOST_RULES) {
				throw invalid(name, shown(value.get()), "a list of up to " + MOST_RULES + " texts");
			}
			for (JsonNode item : value.get()) {
				try {
					if (!item.isString()) {
						throw new IllegalArgumentException(shown(item) + " (expected: a text)");
					}
					items.add(read.apply(item.asString()));
				}
				catch (IllegalArgumentException ex) {
					throw new GatewayError.InvalidValue(this.prefix + name, this.prefix + name + ": " + ex.getMessage())
						.asException();
				}
			}
		}
		return items;
	}

	/** Refuses members that nobody asked for. */
	void end() {
		for (String name : this.body.propertyNames()) {
			if (!this.known.contains(name)) {
				String shown = (name.length() <= 60) ? name : name.substring(0, 60) + "…";
				throw new GatewayError.UnknownParameter(this.prefix + shown, this.prefix + shown + ": not known here ("
						+ (this.known.isEmpty() ? "expected: nothing" : "expected: " + String.join(", ", this.known))
						+ ")")
					.asException();
			}
		}
	}

	RuntimeException missing(String name) {
		return new GatewayError.MissingParameter(this.prefix + name,
				"The parameter '" + this.prefix + name + "' is missing.")
			.asException();
	}

	RuntimeException invalid(String name, String value, String expected) {
		return new GatewayError.InvalidValue(this.prefix + name,
				this.prefix + name + ": " + value + " (expected: " + expected + ")")
			.asException();
	}

	private static String shown(JsonNode value) {
		String text = value.isString() ? value.asString() : value.toString();
		return (text.length() <= 60) ? text : text.substring(0, 60) + "…";
	}

}
