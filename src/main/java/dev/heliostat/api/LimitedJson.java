package dev.heliostat.api;

import java.io.InputStream;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.image.GatewayError;

/**
 * A reader of JSON that somebody else wrote: its depth, texts, numbers and names have
 * limits, and what is wrong is said with its place.
 */
final class LimitedJson {

	private final LimitsProperties limits;

	private final JsonMapper json;

	LimitedJson(LimitsProperties limits) {
		this.limits = limits;
		StreamReadConstraints constraints = StreamReadConstraints.builder()
			.maxNestingDepth(limits.jsonDepth())
			.maxStringLength(limits.textLength())
			.maxNumberLength(limits.numberLength())
			.maxNameLength(limits.nameLength())
			.build();
		this.json = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(constraints).build())
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.nodeFactory(new FiniteNumbers())
			.build();
		// What the first reading makes is made under a lock, which is not for event
		// loops.
		this.json.readTree("{}");
	}

	JsonNode read(InputStream stream) {
		try {
			return this.json.readTree(stream);
		}
		catch (JacksonException ex) {
			throw explained(ex);
		}
	}

	JsonNode read(byte[] bytes) {
		try {
			return this.json.readTree(bytes);
		}
		catch (JacksonException ex) {
			throw explained(ex);
		}
	}

	/** Reads what may be JSON or not; what is past a limit fails all the same. */
	JsonNode readOr(String text, JsonNode otherwise) {
		try {
			return this.json.readTree(text);
		}
		catch (StreamConstraintsException ex) {
			throw explained(ex);
		}
		catch (JacksonException ex) {
			return otherwise;
		}
	}

	private RuntimeException explained(JacksonException error) {
		if (error instanceof StreamConstraintsException) {
			return invalid(limit(String.valueOf(error.getOriginalMessage())));
		}
		TokenStreamLocation at = error.getLocation();
		String where = (at != null && at.getLineNr() > 0)
				? " at line " + at.getLineNr() + ", column " + at.getColumnNr() : "";
		return invalid("The body is no valid JSON" + where + ". Check quotes, commas and brackets there.");
	}

	private String limit(String message) {
		if (message.contains("nesting depth")) {
			return "The JSON is nested too deep (expected: at most " + this.limits.jsonDepth()
					+ " levels, heliostat.limits.json-depth).";
		}
		if (message.startsWith("String")) {
			return "The JSON holds a text that is too long (expected: at most " + this.limits.textLength()
					+ " characters, heliostat.limits.text-length).";
		}
		if (message.startsWith("Name")) {
			return "The JSON holds a name that is too long (expected: at most " + this.limits.nameLength()
					+ " characters, heliostat.limits.name-length).";
		}
		return "The JSON holds a number that is too long (expected: at most " + this.limits.numberLength()
				+ " digits, heliostat.limits.number-length).";
	}

	private static RuntimeException invalid(String message) {
		return new GatewayError.InvalidJson(message).asException();
	}

	/**
	 * Refuses numbers that nothing can count with: {@code 1e400} would become infinite.
	 */
	private static final class FiniteNumbers extends JsonNodeFactory {

		@Override
		public NumericNode numberNode(double number) {
			if (!Double.isFinite(number)) {
				throw invalid("The JSON holds a number that is too large (expected: at most 1.8e308).");
			}
			return super.numberNode(number);
		}

	}

}
