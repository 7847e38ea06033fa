package dev.heliostat.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.GatewayError;

/**
 * A form of the desk with what is entered in it: the same form comes back with every
 * entry when something is wrong.
 *
 * @param title what it is for
 * @param lead what to know before
 * @param action where it goes
 * @param button what sending it does
 * @param back where to go instead
 * @param version the version that is changed; empty where there is none
 * @param once known again when the same form is sent twice
 * @param fields what is asked for
 * @param problem what was wrong with it
 * @param changes what somebody else changed meanwhile
 */
record DeskForm(String title, String lead, String action, String button, String back, String version, String once,
		List<Field> fields, String problem, List<Change> changes) {

	/** Members of the admin API whose entries have another name. */
	private static final Map<String, String> ENTRIES = Map.of("prompt_seconds", "keep_prompts", "media_seconds",
			"keep_pictures", "usd_micros", "amount", "images", "amount", "megapixels", "amount");

	/**
	 * One entry.
	 *
	 * @param name its name
	 * @param label the same for people
	 * @param kind what it is entered with: {@code text}, {@code area}, {@code select},
	 * {@code datetime-local}, {@code date}
	 * @param value what is entered
	 * @param was what stood there when the form was opened
	 * @param options what can be chosen
	 * @param help what to enter
	 * @param required whether it has to be there
	 * @param problem what is wrong with it
	 */
	record Field(String name, String label, String kind, String value, String was, List<Option> options, String help,
			boolean required, String problem) {

		static Field text(String name, String label, String help) {
			return new Field(name, label, "text", "", "", List.of(), help, false, "");
		}

		static Field area(String name, String label, String help) {
			return new Field(name, label, "area", "", "", List.of(), help, false, "");
		}

		static Field select(String name, String label, String help, Option... options) {
			return new Field(name, label, "select", options[0].value(), "", List.of(options), help, true, "");
		}

		static Field time(String name, String label, String help) {
			return new Field(name, label, "datetime-local", "", "", List.of(), help, false, "");
		}

		Field demanded() {
			return new Field(this.name, this.label, this.kind, this.value, this.was, this.options, this.help, true,
					this.problem);
		}

		private Field with(String entered, String before) {
			return new Field(this.name, this.label, this.kind, entered, before, this.options, this.help, this.required,
					this.problem);
		}

		private Field wrong(String message) {
			return new Field(this.name, this.label, this.kind, this.value, this.was, this.options, this.help,
					this.required, message);
		}

	}

	/** Something that can be chosen. */
	record Option(String value, String words) {
	}

	/** What became of an entry while it was edited. */
	record Change(String label, String before, String now, String yours) {
	}

	/** The form with what is entered. */
	DeskForm filled(Map<String, String> values) {
		return filled(values, values);
	}

	/** The form with what is entered, and with what stood there. */
	DeskForm filled(Map<String, String> values, Map<String, String> before) {
		List<Field> filled = this.fields.stream()
			.map(field -> field.with(values.getOrDefault(field.name(), field.value()),
					before.getOrDefault(field.name(), "")))
			.toList();
		return new DeskForm(this.title, this.lead, this.action, this.button, this.back, this.version, this.once, filled,
				this.problem, this.changes);
	}

	DeskForm with(String message) {
		return new DeskForm(this.title, this.lead, this.action, this.button, this.back, this.version, this.once,
				this.fields, message, this.changes);
	}

	/** The form with what is wrong said beside the entry that it is about. */
	DeskForm refused(GatewayError error) {
		Optional<String> about = error.param()
			.flatMap(parameter -> Arrays.stream(parameter.split("\\."))
				.map(part -> ENTRIES.getOrDefault(part, part))
				.filter(names()::contains)
				.findFirst());
		if (about.isEmpty()) {
			return with(error.message());
		}
		// The entry has a label: what programs call it says nothing here.
		String message = error.message().replaceFirst("^[a-z_.]+: ", "");
		return new DeskForm(this.title, this.lead, this.action, this.button, this.back, this.version, this.once,
				this.fields.stream()
					.map(field -> field.name().equals(about.get()) ? field.wrong(message) : field)
					.toList(),
				"Nothing is saved yet. What is wrong is said below, beside the entry.", this.changes);
	}

	/** The form for another version of what is changed; the same where none is named. */
	DeskForm at(String other) {
		return new DeskForm(this.title, this.lead, this.action, this.button, this.back,
				other.isEmpty() ? this.version : other, this.once, this.fields, this.problem, this.changes);
	}

	/** The form with what somebody else changed since it was opened. */
	DeskForm conflicting(Map<String, String> before, Map<String, String> now, Map<String, String> yours) {
		List<Change> found = new ArrayList<>();
		for (Field field : this.fields) {
			String was = before.getOrDefault(field.name(), "");
			String is = now.getOrDefault(field.name(), "");
			if (!was.equals(is)) {
				found.add(new Change(field.label(), was, is, yours.getOrDefault(field.name(), "")));
			}
		}
		return new DeskForm(this.title, this.lead, this.action, this.button, this.back, this.version, this.once,
				this.fields, this.problem, List.copyOf(found));
	}

	/** The names of its entries. */
	List<String> names() {
		return this.fields.stream().map(Field::name).toList();
	}

	/** What was entered into it. */
	Map<String, String> entered(org.springframework.util.MultiValueMap<String, String> sent, String prefix) {
		Map<String, String> values = new LinkedHashMap<>();
		names().forEach(name -> {
			String value = sent.getFirst(prefix + name);
			if (value != null) {
				values.put(name, value.replace("\r\n", "\n"));
			}
		});
		return values;
	}

}
