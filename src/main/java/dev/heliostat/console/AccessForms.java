package dev.heliostat.console;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.heliostat.access.AccessKey;
import dev.heliostat.access.Budget;
import dev.heliostat.access.Project;
import dev.heliostat.access.Scope;
import dev.heliostat.console.DeskForm.Field;
import dev.heliostat.console.DeskForm.Option;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.Measure;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Entries of the forms about projects, keys and budgets: how they are shown, and the JSON
 * of the admin API that they make.
 */
final class AccessForms {

	private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm")
		.withZone(ZoneOffset.UTC);

	private static final String RULES = "One in each line; a line that begins with ! forbids. Empty: everything.";

	private AccessForms() {
	}

	static Field name() {
		return Field.text("name", "Name", "For people; shown in lists.").demanded();
	}

	static Field end() {
		return Field.time("expires_at", "Ends at (UTC)", "Empty: it has no end.");
	}

	static List<Field> scopes() {
		return List.of(Field.area("models", "Models", "Such as flux* or gpt-image-1. " + RULES),
				Field.area("providers", "Providers", "Such as replicate. " + RULES),
				Field.area("endpoints", "Endpoints", "Such as images/generations, images*, or admin/keys. " + RULES),
				Field.area("sources", "Sources", "Networks such as 10.0.0.0/8. " + RULES),
				Field.area("tags", "Tags", "Your own words about it: name=value, one in each line."));
	}

	static List<Field> with(List<Field> first, List<Field> more) {
		return Stream.concat(first.stream(), more.stream()).toList();
	}

	static List<Field> terms(boolean optional) {
		Field amount = Field.text("amount", optional ? "Budget" : "Amount",
				optional ? "Empty: no budget of its own. US dollars such as 25 or 0.50, pictures, or megapixels."
						: "US dollars such as 25 or 0.50, pictures, or megapixels.");
		return List.of(optional ? amount : amount.demanded(),
				Field.select("measure", "Counted in", "", new Option("usd_micros", "US dollars"),
						new Option("images", "pictures"), new Option("megapixels", "megapixels")),
				Field.select("window", "In each", "", new Option("month", "month"), new Option("day", "day"),
						new Option("total", "no window: in total")),
				Field.text("time_zone", "Time zone", "Where days and months begin, such as Europe/Berlin. Empty: UTC."),
				Field.select("enforcement", "When it is used up", "", new Option("hard", "refuse (402)"),
						new Option("soft", "only warn")),
				Field.text("warn_at_percent", "Warn from (percent)", "0 to 100; 0 never warns. Empty: 80."));
	}

	/** Name, scopes and tags as forms show them. */
	static Map<String, String> values(Project project) {
		Map<String, String> values = new LinkedHashMap<>(scopes(project.scope(), project.tags()));
		values.put("name", project.name());
		values.put("limits", LimitForms.words(project.limits()));
		values.putAll(LimitForms.words(project.retention()));
		return values;
	}

	static Map<String, String> values(AccessKey key) {
		Map<String, String> values = new LinkedHashMap<>(scopes(key.scope(), key.tags()));
		values.put("name", key.name());
		values.put("limits", LimitForms.words(key.limits()));
		values.put("expires_at", key.expiresAt().map(MINUTES::format).orElse(""));
		return values;
	}

	static Map<String, String> values(Budget budget) {
		Budget.Terms terms = budget.terms();
		String amount = (terms.measure() == Measure.USD_MICROS) ? new Money(terms.amount()).usd().toPlainString()
				: Long.toString(terms.amount());
		return Map.of("amount", amount.contains(".") ? amount.replaceAll("0+$", "").replaceAll("\\.$", "") : amount,
				"measure", terms.measure().key(), "window", terms.window().key(), "time_zone", terms.zone().getId(),
				"enforcement", terms.hard() ? "hard" : "soft", "warn_at_percent",
				Integer.toString(terms.warnPercent()));
	}

	private static Map<String, String> scopes(Scope scope, Map<String, String> tags) {
		return Map.of("models", lines(scope.models().allow(), scope.models().deny()), "providers",
				lines(scope.providers().allow(), scope.providers().deny()), "endpoints",
				lines(scope.endpoints().allow(), scope.endpoints().deny()), "sources",
				lines(scope.sources().allow(), scope.sources().deny()), "tags",
				new TreeMap<>(tags).entrySet()
					.stream()
					.map(tag -> tag.getKey() + "=" + tag.getValue())
					.collect(Collectors.joining("\n")));
	}

	private static String lines(List<?> allow, List<?> deny) {
		return Stream.concat(allow.stream().map(Object::toString), deny.stream().map(item -> "!" + item))
			.collect(Collectors.joining("\n"));
	}

	/** Name, scopes and tags as the API takes them. */
	static ObjectNode named(MultiValueMap<String, String> fields) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("name", Forms.first(fields, "name").strip());
		ObjectNode scopes = body.putObject("scopes");
		for (String part : List.of("models", "providers", "endpoints", "sources")) {
			List<String> lines = lines(fields, part);
			if (!lines.isEmpty()) {
				ObjectNode rule = scopes.putObject(part);
				ArrayNode allow = rule.putArray("allow");
				ArrayNode deny = rule.putArray("deny");
				lines.forEach(line -> {
					if (line.startsWith("!")) {
						deny.add(line.substring(1).strip());
					}
					else {
						allow.add(line);
					}
				});
			}
		}
		ObjectNode tags = body.putObject("tags");
		for (String line : lines(fields, "tags")) {
			int equals = line.indexOf('=');
			if (equals < 1) {
				throw invalid("tags", line, "name=value, one in each line");
			}
			tags.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
		}
		return body;
	}

	/** The lines of an entry, without empty ones. */
	static List<String> lines(MultiValueMap<String, String> fields, String name) {
		List<String> lines = new ArrayList<>();
		Forms.first(fields, name).lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(lines::add);
		return lines;
	}

	/** When something ends, as the API takes it; empty for no end. */
	static Optional<String> end(MultiValueMap<String, String> fields) {
		String text = Forms.first(fields, "expires_at").strip();
		if (text.isEmpty()) {
			return Optional.empty();
		}
		try {
			Instant end = LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
			return Optional.of(end.toString());
		}
		catch (DateTimeParseException ex) {
			throw invalid("expires_at", text, "a time such as 2030-01-31T12:00, in UTC");
		}
	}

	/** What a budget is to permit, as the API takes it. */
	static ObjectNode terms(MultiValueMap<String, String> fields, ObjectNode body) {
		String amount = Forms.first(fields, "amount").strip().replace("$", "");
		String measure = Forms.first(fields, "measure");
		if (Measure.named(measure).isEmpty()) {
			throw invalid("measure", measure, "usd_micros, images or megapixels");
		}
		boolean money = measure.equals(Measure.USD_MICROS.key());
		if (!amount.matches("[0-9]{1,12}(\\.[0-9]{1,6})?")) {
			throw invalid("amount", amount, money ? "dollars such as 25 or 0.50" : "a whole number such as 100");
		}
		body.put(measure, new BigDecimal(amount).movePointRight(money ? 6 : 0));
		body.put("window", Forms.first(fields, "window"));
		body.put("enforcement", Forms.first(fields, "enforcement"));
		String zone = Forms.first(fields, "time_zone").strip();
		body.put("time_zone", zone.isEmpty() ? "UTC" : zone);
		String warn = Forms.first(fields, "warn_at_percent").strip();
		if (!warn.isEmpty()) {
			if (!warn.matches("[0-9]{1,3}")) {
				throw invalid("warn_at_percent", warn, "a whole number from 0 to 100");
			}
			body.put("warn_at_percent", Integer.parseInt(warn));
		}
		return body;
	}

	static RuntimeException invalid(String name, String value, String expected) {
		String shown = (value.length() <= 60) ? value : value.substring(0, 60) + "…";
		return new GatewayError.InvalidValue(name,
				name + ": " + (shown.isEmpty() ? "nothing" : shown) + " (expected: " + expected + ")")
			.asException();
	}

}
