package dev.heliostat.pricing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ShippedCatalog;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.Money;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.testing.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Quotes and charges of shipped offerings against figures worked out by hand.
 */
class PricerTest {

	private static final Catalog CATALOG = ShippedCatalog.load();

	private final Pricer pricer = new Pricer();

	private static Offering offering(String key) {
		return CATALOG.models()
			.stream()
			.flatMap(model -> model.offerings().stream())
			.filter(each -> each.key().equals(key))
			.findFirst()
			.orElseThrow();
	}

	private static Map<String, JsonNode> values(String json) {
		Map<String, JsonNode> values = new HashMap<>();
		JsonMapper.builder()
			.build()
			.readTree(json)
			.properties()
			.forEach(entry -> values.put(entry.getKey(), entry.getValue()));
		return values;
	}

	private static Work work(int pictures, int promptBytes, String size, String json) {
		return new Work(pictures, 1, promptBytes, ImageSize.parse(size), java.util.List.of(), values(json));
	}

	@ParameterizedTest(name = "{0} x{1} {3} {4}: {5}")
	@CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
			replicate/stable-diffusion-3.5-large-turbo | 1 | 10 | 1024x1024 | {} | 40000
			replicate/stable-diffusion-3.5-large-turbo | 10 | 10 | 1024x1024 | {} | 400000
			replicate/flux.1-schnell | 4 | 10 | 1024x1024 | {} | 12000
			replicate/gpt-image-2 | 1 | 10 | '' | '{"quality":"low"}' | 12000
			replicate/gpt-image-2 | 1 | 10 | '' | '{"quality":"medium"}' | 47000
			replicate/gpt-image-2 | 2 | 10 | '' | '{"quality":"auto"}' | 256000
			replicate/gemini-3-pro-image | 1 | 10 | '' | '{"resolution":"1K"}' | 150000
			replicate/gemini-3-pro-image | 1 | 10 | '' | '{"resolution":"4K"}' | 300000
			replicate/flux.2-flex | 1 | 10 | 1024x1024 | {} | 60000
			replicate/flux.2-flex | 1 | 10 | 1025x1024 | {} | 120000
			replicate/flux.2-flex | 3 | 10 | 2048x2048 | {} | 720000
			openai/gpt-image-2 | 1 | 0 | '' | '{"quality":"low","size":"1024x1024"}' | 6000
			openai/gpt-image-2 | 1 | 1 | '' | '{"quality":"low","size":"1024x1024"}' | 6005
			openai/gpt-image-2 | 2 | 100 | '' | '{"quality":"high","size":"1024x1024"}' | 422540
			openai/gpt-image-2 | 1 | 0 | '' | '{"quality":"auto","size":"auto"}' | 211020
			openai/gpt-image-1-mini | 1 | 0 | '' | '{"quality":"high","size":"1024x1024"}' | 33280
			""")
	void quotesAreUpperBoundsToTheMicro(String key, int pictures, int promptBytes, String size, String json,
			long micros) {
		Quote quote = this.pricer.quote(offering(key), work(pictures, promptBytes, size, json)).orElseThrow();
		assertThat(quote.total()).isEqualTo(new Money(micros));
	}

	@Test
	void anUnknownPriceStaysUnknown() {
		assertThat(this.pricer.quote(offering("replicate/flux.2-dev"), work(1, 10, "1024x1024", "{}"))).isEmpty();
		assertThat(this.pricer.quote(offering("replicate/flux.2-flex"), work(1, 10, "", "{}"))).isEmpty();
	}

	private static ProviderResult result(int pictures, String size, String facts, Optional<String> usage,
			String reported) {
		List<ProviderImage> images = new ArrayList<>();
		for (int i = 0; i < pictures; i++) {
			images.add(new GeneratedImage(Bytes.of(1), ImageType.PNG, ImageSize.parse(size).orElseThrow(),
					Optional.empty()));
		}
		return new ProviderResult(images, usage.map(json -> (ObjectNode) JsonMapper.builder().build().readTree(json)),
				reported.isEmpty() ? Optional.empty() : Optional.of(new java.math.BigDecimal(reported)), values(facts),
				Duration.ZERO);
	}

	@Test
	void aChargeGoesByWhatWasDelivered() {
		Work work = work(2, 10, "1024x1024", "{}");
		Offering turbo = offering("replicate/stable-diffusion-3.5-large-turbo");
		assertThat(this.pricer.charge(turbo, work, result(2, "1024x1024", "{}", Optional.empty(), ""), Money.ZERO))
			.isEqualTo(new Money(80_000));
		assertThat(this.pricer.charge(turbo, work, result(1, "1024x1024", "{}", Optional.empty(), ""), Money.ZERO))
			.isEqualTo(new Money(40_000));
	}

	@Test
	void theProvidersOwnFigureWins() {
		Offering turbo = offering("replicate/stable-diffusion-3.5-large-turbo");
		assertThat(this.pricer.charge(turbo, work(1, 10, "1024x1024", "{}"),
				result(1, "1024x1024", "{}", Optional.empty(), "0.0123456"), Money.ZERO))
			.isEqualTo(new Money(12_346));
	}

	@Test
	void tokensAreChargedByUsageCachedOnesApart() {
		String usage = """
				{"input_tokens": 1050, "input_tokens_details": {"text_tokens": 50, "image_tokens": 1000, "cached_tokens": 10},
				 "output_tokens": 4160, "total_tokens": 5210}""";
		Money charge = this.pricer.charge(offering("openai/gpt-image-2"), work(1, 10, "1024x1024", "{}"),
				result(1, "1024x1024", "{}", Optional.of(usage), ""), Money.ZERO);
		// 40 x 5 + 10 x 1.25 + 1000 x 8 + 4160 x 30 = 200 + 12.5 + 8000 + 124800
		assertThat(charge).isEqualTo(new Money(133_013));
	}

	@Test
	void aFallbackThatTheProviderReportsIsChargedAtItsPrice() {
		Work work = work(1, 10, "", "{\"resolution\":\"1K\"}");
		Offering offering = offering("replicate/gemini-3-pro-image");
		assertThat(this.pricer.charge(offering, work,
				result(1, "1024x1024", "{\"fallback_model\":true}", Optional.empty(), ""), Money.ZERO))
			.isEqualTo(new Money(35_000));
		assertThat(this.pricer.charge(offering, work, result(1, "1024x1024", "{}", Optional.empty(), ""), Money.ZERO))
			.isEqualTo(new Money(150_000));
	}

	@Test
	void withoutUsageTheQuoteIsCharged() {
		assertThat(this.pricer.charge(offering("openai/gpt-image-2"), work(1, 10, "1024x1024", "{}"),
				result(1, "1024x1024", "{}", Optional.empty(), ""), new Money(777)))
			.isEqualTo(new Money(777));
	}

}
