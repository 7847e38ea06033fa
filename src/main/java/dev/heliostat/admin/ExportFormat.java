package dev.heliostat.admin;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form in which lines leave the gateway in any number.
 */
enum ExportFormat {

	/** One JSON answer, page by page. */
	JSON(MediaType.APPLICATION_JSON),
	/** A table for spreadsheets. */
	CSV(new MediaType("text", "csv", StandardCharsets.UTF_8)),
	/** One JSON object on each line. */
	JSON_LINES(new MediaType("application", "jsonl"));

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final Map<String, ExportFormat> NAMES = Map.of("json", JSON, "csv", CSV, "jsonl", JSON_LINES,
			"ndjson", JSON_LINES);

	private final MediaType type;

	ExportFormat(MediaType type) {
		this.type = type;
	}

	MediaType type() {
		return this.type;
	}

	/** What {@code format} says, or else {@code Accept}. */
	static ExportFormat of(ServerRequest request) {
		return ReportQuery.text(request, "format").map(name -> {
			ExportFormat format = NAMES.get(name);
			if (format == null) {
				throw ReportQuery.invalid("format", name, "json, csv or jsonl");
			}
			return format;
		}).orElseGet(() -> accepted(request.headers().accept()));
	}

	private static ExportFormat accepted(List<MediaType> types) {
		for (MediaType type : types) {
			switch (type.getSubtype()) {
				case "csv" -> {
					return CSV;
				}
				case "jsonl", "x-ndjson", "ndjson", "x-jsonlines" -> {
					return JSON_LINES;
				}
				case "json" -> {
					return JSON;
				}
				default -> {
					// Another one may say more.
				}
			}
		}
		return JSON;
	}

	/** The names of a table's columns. */
	String head(List<String> columns) {
		return (this == CSV) ? String.join(",", columns) + "\r\n" : "";
	}

	/** One line; values that are absent are empty. */
	String line(List<String> columns, ObjectNode values) {
		return (this == CSV)
				? columns.stream().map(column -> cell(values.path(column))).collect(Collectors.joining(",", "", "\r\n"))
				: MAPPER.writeValueAsString(values) + "\n";
	}

	private static String cell(JsonNode value) {
		if (value.isMissingNode() || value.isNull()) {
			return "";
		}
		if (value.isNumber() || value.isBoolean()) {
			return value.asString();
		}
		return cell(value.isString() ? value.asString() : value.isArray()
				? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(" ")) : value.toString());
	}

	/**
	 * A text that a spreadsheet would take for a formula is marked as a text; quotes are
	 * doubled.
	 */
	static String cell(String text) {
		String safe = (!text.isEmpty() && "=+-@\t\r\n|".indexOf(text.charAt(0)) >= 0) ? "'" + text : text;
		boolean quoted = safe.chars()
			.anyMatch(letter -> letter == ',' || letter == '"' || letter == '\n' || letter == '\r' || letter == ';'
					|| letter == '\t');
		return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
	}

}
