package dev.heliostat.generation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.heliostat.access.SecretKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Knows equal JSON again without keeping it: a keyed hash of its canonical text.
 */
public final class Fingerprint {

	private Fingerprint() {
	}

	/** The keyed hash of a text, in hexadecimal digits. */
	public static String of(SecretKey secret, String purpose, String text) {
		return HexFormat.of().formatHex(secret.sign(purpose, text.getBytes(StandardCharsets.UTF_8)));
	}

	/** Members by name, without those that are null; equal numbers look the same. */
	public static String canonical(JsonNode node) {
		StringBuilder text = new StringBuilder();
		write(text, node);
		return text.toString();
	}

	private static void write(StringBuilder text, JsonNode node) {
		if (node.isObject()) {
			text.append('{');
			List<Map.Entry<String, JsonNode>> members = new ArrayList<>(node.properties());
			members.sort(Map.Entry.comparingByKey());
			for (Map.Entry<String, JsonNode> member : members) {
				if (!member.getValue().isNull()) {
					quote(text, member.getKey());
					text.append(':');
					write(text, member.getValue());
					text.append(',');
				}
			}
			text.append('}');
		}
		else if (node.isArray()) {
			text.append('[');
			node.forEach(item -> {
				write(text, item);
				text.append(',');
			});
			text.append(']');
		}
		else if (node.isNumber()) {
			text.append(node.decimalValue().stripTrailingZeros());
		}
		else if (node.isString()) {
			quote(text, node.asString());
		}
		else {
			text.append(node);
		}
	}

	/** As JSON writes it. */
	private static void quote(StringBuilder text, String value) {
		text.append('"');
		JsonStringEncoder.getInstance().quoteAsString(value, text);
		text.append('"');
	}

}
