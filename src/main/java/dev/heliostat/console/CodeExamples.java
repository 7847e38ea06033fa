package dev.heliostat.console;

import java.util.ArrayList;
import java.util.List;

import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.Capability;

/**
 * Programs for a model, one for each language and each thing that it can do. A test runs
 * every one of them.
 */
final class CodeExamples {

	private static final String PROMPT = "A serene mountain landscape at sunset";

	private CodeExamples() {
	}

	static List<CodeExample> of(Model model, String baseUrl) {
		List<CodeExample> examples = new ArrayList<>();
		for (Capability capability : model.capabilities()) {
			Words words = words(capability);
			boolean url = model.answer() == AnswerForm.URL;
			examples.add(new CodeExample(words.title(), "cURL", curl(capability, model.slug(), words, baseUrl)));
			examples.add(new CodeExample(words.title(), "JavaScript",
					javascript(capability, model.slug(), words, baseUrl, url)));
			examples
				.add(new CodeExample(words.title(), "Python", python(capability, model.slug(), words, baseUrl, url)));
			examples.add(new CodeExample(words.title(), "Java", java(capability, model.slug(), words, baseUrl, url)));
		}
		return examples;
	}

	/** What a program asks for. */
	private record Words(String title, String path, String prompt) {
	}

	private static Words words(Capability capability) {
		return switch (capability) {
			case GENERATE -> new Words("Text to image", "generations", PROMPT);
			case EDIT -> new Words("Image editing", "edits", "The same place in deep snow");
			case VARIATION -> new Words("Image variation", "variations", "");
			case UPSCALE -> new Words("Upscaling", "edits", "Sharp and clean");
		};
	}

	private static String curl(Capability capability, String slug, Words words, String baseUrl) {
		String head = "curl -X POST " + baseUrl + "/images/" + words.path()
				+ " \\\n  -H \"Authorization: Bearer $HELIOSTAT_API_KEY\" \\\n";
		return head + switch (capability) {
			case GENERATE -> """
					  -H "Content-Type: application/json" \\
					  -d '{"model": "%s", "prompt": "%s", "size": "1024x1024"}'
					""".formatted(slug, words.prompt());
			case EDIT -> """
					  -F model=%s \\
					  -F image=@picture.png \\
					  -F 'prompt=%s'
					""".formatted(slug, words.prompt());
			case VARIATION -> """
					  -F model=%s \\
					  -F image=@picture.png
					""".formatted(slug);
			case UPSCALE -> """
					  -F model=%s \\
					  -F image=@picture.png \\
					  -F scale_factor=2
					""".formatted(slug);
		};
	}

	private static String javascript(Capability capability, String slug, Words words, String baseUrl, boolean url) {
		String read = (capability == Capability.GENERATE && url) ? "" : "import fs from 'node:fs';\n";
		String upload = (capability == Capability.GENERATE) ? "" : """
				  image: await toFile(fs.createReadStream('picture.png'), 'picture.png', { type: 'image/png' }),
				""";
		String call = switch (capability) {
			case GENERATE -> "generate";
			case EDIT, UPSCALE -> "edit";
			case VARIATION -> "createVariation";
		};
		String rest = switch (capability) {
			case GENERATE -> "  size: '1024x1024',\n";
			case UPSCALE -> "  scale_factor: 2,\n";
			case EDIT, VARIATION -> "";
		};
		return read + "import OpenAI" + (upload.isEmpty() ? "" : ", { toFile }") + " from 'openai';\n\n"
				+ "const client = new OpenAI({ apiKey: process.env.HELIOSTAT_API_KEY, baseURL: '" + baseUrl + "' });\n"
				+ "const response = await client.images." + call + "({\n  model: '" + slug + "',\n" + upload
				+ (words.prompt().isEmpty() ? "" : "  prompt: '" + words.prompt() + "',\n") + rest + "});\n"
				+ (url ? "console.log(response.data[0].url);\n"
						: "fs.writeFileSync('result.png', Buffer.from(response.data[0].b64_json, 'base64'));\n");
	}

	private static String python(Capability capability, String slug, Words words, String baseUrl, boolean url) {
		String call = switch (capability) {
			case GENERATE -> "generate";
			case EDIT, UPSCALE -> "edit";
			case VARIATION -> "create_variation";
		};
		String rest = switch (capability) {
			case GENERATE -> "    size=\"1024x1024\",\n";
			case UPSCALE -> "    extra_body={\"scale_factor\": 2},\n";
			case EDIT, VARIATION -> "";
		};
		return (url ? "" : "import base64\n") + "import os\n\nfrom openai import OpenAI\n\n"
				+ "client = OpenAI(api_key=os.environ[\"HELIOSTAT_API_KEY\"], base_url=\"" + baseUrl + "\")\n"
				+ "response = client.images." + call + "(\n    model=\"" + slug + "\",\n"
				+ ((capability == Capability.GENERATE) ? "" : "    image=open(\"picture.png\", \"rb\"),\n")
				+ (words.prompt().isEmpty() ? "" : "    prompt=\"" + words.prompt() + "\",\n") + rest + ")\n"
				+ (url ? "print(response.data[0].url)\n"
						: "with open(\"result.png\", \"wb\") as file:\n    file.write(base64.b64decode(response.data[0].b64_json))\n");
	}

	private static String java(Capability capability, String slug, Words words, String baseUrl, boolean url) {
		String type = switch (capability) {
			case GENERATE -> "ImageGenerateParams";
			case EDIT, UPSCALE -> "ImageEditParams";
			case VARIATION -> "ImageCreateVariationParams";
		};
		String call = switch (capability) {
			case GENERATE -> "generate";
			case EDIT, UPSCALE -> "edit";
			case VARIATION -> "createVariation";
		};
		String rest = switch (capability) {
			case GENERATE -> "\n        .size(ImageGenerateParams.Size._1024X1024)";
			case UPSCALE -> "\n        .putAdditionalBodyProperty(\"scale_factor\", JsonValue.from(2))";
			case EDIT, VARIATION -> "";
		};
		boolean files = capability != Capability.GENERATE || !url;
		return "import com.openai.client.okhttp.OpenAIOkHttpClient;\n"
				+ ((capability == Capability.UPSCALE) ? "import com.openai.core.JsonValue;\n" : "")
				+ "import com.openai.models.images." + type + ";\n" + (url ? "" : "import java.nio.file.Files;\n")
				+ (files ? "import java.nio.file.Path;\n" : "") + (url ? "" : "import java.util.Base64;\n") + """

						var client = OpenAIOkHttpClient.builder()
						    .apiKey(System.getenv("HELIOSTAT_API_KEY"))
						    .baseUrl("%s")
						    .build();
						var response = client.images().%s(%s.builder()
						        .model("%s")""".formatted(baseUrl, call, type, slug)
				+ ((capability == Capability.GENERATE) ? "" : "\n        .image(Path.of(\"picture.png\"))")
				+ (words.prompt().isEmpty() ? "" : "\n        .prompt(\"" + words.prompt() + "\")") + rest
				+ "\n        .build());\n"
				+ (url ? "System.out.println(response.data().orElseThrow().get(0).url().orElseThrow());\n"
						: "Files.write(Path.of(\"result.png\"),\n        Base64.getDecoder().decode(response.data().orElseThrow().get(0).b64Json().orElseThrow()));\n");
	}

}
