package dev.heliostat.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.heliostat.image.Capability;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that was tried out, as a program.
 */
final class RunCode {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	/** What Python's SDK has arguments for. */
	private static final Set<String> ARGUMENTS = Set.of("model", "prompt", "n", "size", "quality", "background",
			"output_format", "output_compression", "style");

	private RunCode() {
	}

	/**
	 * Writes the programs.
	 * @param name a name for them, unique on the page
	 * @param body what was asked for, without pictures
	 * @param masked whether a mask was sent
	 */
	static List<CodeExample> of(String name, ObjectNode body, Capability capability, boolean masked, String baseUrl) {
		return List.of(new CodeExample(name, "cURL", curl(body, capability, masked, baseUrl)),
				new CodeExample(name, "Python", python(body, capability, masked, baseUrl)),
				new CodeExample(name, "JavaScript", javascript(body, capability, masked, baseUrl)));
	}

	private static String path(Capability capability) {
		return switch (capability) {
			case GENERATE -> "generations";
			case EDIT, UPSCALE -> "edits";
			case VARIATION -> "variations";
		};
	}

	private static String curl(ObjectNode body, Capability capability, boolean masked, String baseUrl) {
		StringBuilder code = new StringBuilder("curl -X POST " + baseUrl + "/images/" + path(capability)
				+ " \\\n  -H \"Authorization: Bearer $HELIOSTAT_API_KEY\"");
		if (capability == Capability.GENERATE) {
			return code + " \\\n  -H \"Content-Type: application/json\" \\\n  -d "
					+ shell(JSON.writeValueAsString(body)) + "\n";
		}
		code.append(" \\\n  -F image=@picture.png").append(masked ? " \\\n  -F mask=@mask.png" : "");
		body.properties()
			.forEach(entry -> code.append(" \\\n  --form-string ")
				.append(shell(entry.getKey() + "=" + entry.getValue().asString())));
		return code.append('\n').toString();
	}

	private static String shell(String text) {
		return "'" + text.replace("'", "'\\''") + "'";
	}

	private static String python(ObjectNode body, Capability capability, boolean masked, String baseUrl) {
		List<String> lines = new ArrayList<>();
		List<String> extra = new ArrayList<>();
		for (Map.Entry<String, JsonNode> entry : body.properties()) {
			if (ARGUMENTS.contains(entry.getKey())) {
				lines.add("    " + entry.getKey() + "=" + pythonValue(entry.getValue()) + ",");
			}
			else {
				extra.add(JSON.writeValueAsString(entry.getKey()) + ": " + pythonValue(entry.getValue()));
			}
		}
		if (capability != Capability.GENERATE) {
			lines.add("    image=open(\"picture.png\", \"rb\"),");
		}
		if (masked) {
			lines.add("    mask=open(\"mask.png\", \"rb\"),");
		}
		if (!extra.isEmpty()) {
			lines.add("    extra_body={" + String.join(", ", extra) + "},");
		}
		String call = switch (capability) {
			case GENERATE -> "generate";
			case EDIT, UPSCALE -> "edit";
			case VARIATION -> "create_variation";
		};
		return "import os\n\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ[\"HELIOSTAT_API_KEY\"], base_url=\""
				+ baseUrl + "\")\nresponse = client.images." + call + "(\n" + String.join("\n", lines)
				+ "\n)\nprint(response.data[0])\n";
	}

	private static String pythonValue(JsonNode value) {
		return value.isBoolean() ? (value.asBoolean() ? "True" : "False") : JSON.writeValueAsString(value);
	}

	private static String javascript(ObjectNode body, Capability capability, boolean masked, String baseUrl) {
		List<String> lines = new ArrayList<>();
		body.properties()
			.forEach(
					entry -> lines.add("  " + entry.getKey() + ": " + JSON.writeValueAsString(entry.getValue()) + ","));
		boolean files = capability != Capability.GENERATE;
		if (files) {
			lines.add(
					"  image: await toFile(fs.createReadStream('picture.png'), 'picture.png', { type: 'image/png' }),");
		}
		if (masked) {
			lines.add("  mask: await toFile(fs.createReadStream('mask.png'), 'mask.png', { type: 'image/png' }),");
		}
		String call = switch (capability) {
			case GENERATE -> "generate";
			case EDIT, UPSCALE -> "edit";
			case VARIATION -> "createVariation";
		};
		return (files ? "import fs from 'node:fs';\nimport OpenAI, { toFile } from 'openai';\n"
				: "import OpenAI from 'openai';\n")
				+ "\nconst client = new OpenAI({ apiKey: process.env.HELIOSTAT_API_KEY, baseURL: '" + baseUrl
				+ "' });\nconst response = await client.images." + call + "({\n" + String.join("\n", lines)
				+ "\n});\nconsole.log(response.data[0]);\n";
	}

}
