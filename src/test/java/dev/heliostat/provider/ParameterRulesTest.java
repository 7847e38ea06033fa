package dev.heliostat.provider;

import java.util.HashMap;
import java.util.Map;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ShippedCatalog;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a request becomes at shipped offerings.
 */
class ParameterRulesTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Catalog CATALOG = ShippedCatalog.load();

	private static UpstreamRequest translate(String key, String parameters, int count, int index) {
		Map<String, JsonNode> values = new HashMap<>();
		JSON.readTree(parameters).properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
		Offering offering = CATALOG.models()
			.stream()
			.flatMap(model -> model.offerings().stream())
			.filter(each -> each.key().equals(key))
			.findFirst()
			.orElseThrow();
		ImageRequest request = new ImageRequest(Capability.GENERATE, "m", "a cat", count, values, java.util.List.of(),
				java.util.Optional.empty(), dev.heliostat.image.Output.Fit.NEAREST);
		UpstreamRequest translated = new CatalogParameterRules().translate(request, offering, count, index);
		if (!values.containsKey("seed") && translated.body().path("input") instanceof ObjectNode input) {
			// Random, so that a submission whose answer is lost can be found.
			input.remove("seed");
		}
		return translated;
	}

	@ParameterizedTest(name = "{0} {1} -> {2}")
	@CsvSource(delimiter = '|', quoteCharacter = '\'',
			textBlock = """
					replicate/stable-diffusion-3.5-large-turbo | {} | '{"input":{"prompt":"a cat"}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"size":"1024x1024"}' | '{"input":{"prompt":"a cat","aspect_ratio":"1:1"}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"size":"16:9"}' | '{"input":{"prompt":"a cat","aspect_ratio":"16:9"}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"aspect_ratio":"9:16","size":"1:1"}' | '{"input":{"prompt":"a cat","aspect_ratio":"1:1"}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"size":"1000x700"}' | '{"input":{"prompt":"a cat","aspect_ratio":"3:2"}}' | 'size: 1000x700 was served as about 1254x836.'
					replicate/stable-diffusion-3.5-large-turbo | '{"guidance_scale":2,"steps":8,"output_format":"jpeg","output_compression":70}' | '{"input":{"prompt":"a cat","cfg":2,"steps":8,"output_format":"jpg","output_quality":70}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"cfg":2}' | '{"input":{"prompt":"a cat","cfg":2}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"output_format":"gif"}' | '{"input":{"prompt":"a cat","output_format":"png"}}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"output_format":"jpg","background":"opaque"}' | '{"input":{"prompt":"a cat","output_format":"jpg"}}' | ''
					stability/stable-diffusion-3.5-large-turbo | '{"output_format":"jpeg","output_compression":40}' | '{"prompt":"a cat","output_format":"png","model":"sd3.5-large-turbo","mode":"text-to-image"}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"background":"transparent"}' | '{"input":{"prompt":"a cat"}}' | 'background: transparent is not supported by replicate/stable-diffusion-3.5-large-turbo and was left out.'
					openai/gpt-image-1.5 | '{"output_format":"avif","output_compression":40}' | '{"prompt":"a cat","output_format":"png","model":"gpt-image-1.5"}' | ''
					replicate/stable-diffusion-3.5-large-turbo | '{"quality":"high","style":"vivid","my_harmless":1}' | '{"input":{"prompt":"a cat","my_harmless":1}}' | 'quality: high'
					replicate/flux1.1-pro | '{}' | '{"input":{"aspect_ratio":"custom","prompt":"a cat","width":1024,"height":1024}}' | ''
					replicate/flux1.1-pro | '{"size":"1000x1000"}' | '{"input":{"aspect_ratio":"custom","prompt":"a cat","width":992,"height":992}}' | 'size: 1000x1000 was served as about 992x992.'
					replicate/flux1.1-pro | '{"size":"4096x2048"}' | '{"input":{"aspect_ratio":"custom","prompt":"a cat","width":1440,"height":736}}' | 'size: 4096x2048'
					replicate/gemini-3-pro-image | '{"size":"2048x2048"}' | '{"input":{"prompt":"a cat","resolution":"2K","aspect_ratio":"1:1"}}' | ''
					replicate/gemini-3-pro-image | '{"aspect_ratio":"16:9","resolution":"4K"}' | '{"input":{"prompt":"a cat","resolution":"4K","aspect_ratio":"16:9"}}' | ''
					openai/gpt-image-2 | '{"quality":"hd","size":"1025x1030"}' | '{"prompt":"a cat","size":"1024x1024","quality":"high","model":"gpt-image-2"}' | 'quality: hd was sent as high.'
					openai/gpt-image-1.5 | '{"size":"auto"}' | '{"prompt":"a cat","size":"auto","model":"gpt-image-1.5"}' | ''
					openai/gpt-image-1.5 | '{"size":"1920x1080"}' | '{"prompt":"a cat","size":"1536x1024","model":"gpt-image-1.5"}' | 'size: 1920x1080 was served as about 1536x1024.'
					""")
	void requestsBecomeExactlyThis(String key, String parameters, String body, String warning) {
		UpstreamRequest request = translate(key, parameters, 1, 0);
		assertThat(request.body()).isEqualTo(JSON.readTree(body));
		if (warning.isEmpty()) {
			assertThat(request.warnings()).isEmpty();
		}
		else {
			assertThat(request.warnings()).anySatisfy(each -> assertThat(each).contains(warning));
		}
	}

	@Test
	void seedsOfSeveralPicturesDiffer() {
		String key = "replicate/stable-diffusion-3.5-large-turbo";
		assertThat(translate(key, "{\"seed\": 7}", 1, 0).body().path("input").path("seed").asInt()).isEqualTo(7);
		assertThat(translate(key, "{\"seed\": 7}", 1, 2).body().path("input").path("seed").asInt()).isEqualTo(9);
	}

	@Test
	void whatIsPricedIsKnownWithItsDefaults() {
		UpstreamRequest request = translate("openai/gpt-image-1.5", "{}", 3, 0);
		assertThat(request.pricedBy().get("quality").asString()).isEqualTo("auto");
		assertThat(request.pricedBy().get("n").asInt()).isEqualTo(3);
		assertThat(request.body().path("n").asInt()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\'',
			textBlock = """
					'{"steps": 11}'                | steps: 11 (expected: 1 to 10)
					'{"steps": "4"}'               | steps: 4 (expected: an integer)
					'{"size": "1:0"}'              | size: 1:0
					'{"aspect_ratio": "10x10"}'    | aspect_ratio: 10x10
					'{"num_outputs": 3}'           | num_outputs: not declared
					'{"callback_url": "x"}'        | callback_url: not declared
					'{"enable_safety_checker": 0}' | enable_safety_checker: not declared
					'{"version": "x"}'             | version: not declared
					'{"output_format": "svg"}'     | output_format: svg (expected: png, jpeg, webp, gif or avif)
					'{"output_compression": 101}'  | output_compression: 101 (expected: an integer, 0 to 100)
					'{"output_format": "png", "output_compression": 50}'   | output_compression: 50 (expected: 100 with output_format png; less with
					'{"output_format": "jpeg", "background": "transparent"}' | background: transparent (expected: opaque or auto with output_format jpeg
					'{"background": "pink"}'       | background: pink (expected: transparent, opaque or auto)
					""")
	void whatCannotBeServedIsNamed(String parameters, String message) {
		assertThatThrownBy(() -> translate("replicate/stable-diffusion-3.5-large-turbo", parameters, 1, 0))
			.isInstanceOf(GatewayException.class)
			.hasMessageContaining(message);
	}

	@ParameterizedTest
	@CsvSource({ "16:9, 1365, 768", "9:16, 768, 1365", "3:2, 1254, 836", "3:4, 887, 1182", "5:4, 1145, 916" })
	void ratiosHaveTheirUsualSizes(String ratio, int width, int height) {
		assertThat(Shape.sized(Shape.ratio(ratio), 1024 * 1024)).hasToString(width + "x" + height);
	}

}
