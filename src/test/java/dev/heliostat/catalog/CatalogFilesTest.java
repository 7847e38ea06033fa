package dev.heliostat.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The shipped catalog, what an operator lays over it, and what is said of mistakes.
 */
class CatalogFilesTest {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T00:00:00Z"), ZoneOffset.UTC);

	@TempDir
	private Path overlay;

	private Catalog load() {
		return CatalogLoader.strict(new CatalogSources(this.overlay), CLOCK).load();
	}

	private void write(String name, String text) throws IOException {
		Path file = this.overlay.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
	}

	@Test
	void theShippedCatalogIsValidAndDated() {
		Catalog catalog = load();
		assertThat(catalog.models()).hasSizeGreaterThan(50);
		assertThat(catalog.models()).flatExtracting(Model::offerings)
			.extracting(Offering::provider)
			.contains("replicate", "openai");
		for (Model model : catalog.models()) {
			for (Offering offering : model.offerings()) {
				offering.pricing().ifPresent(pricing -> assertThat(pricing.effectiveAt()).isAfter("2024-01-01"));
				if (!offering.status().inService()) {
					continue;
				}
				offering.modes().forEach((capability, mode) -> {
					assertThat(mode.parameters()).as(offering.key() + " " + capability).containsKey("n");
					if (capability == Capability.GENERATE || capability == Capability.EDIT) {
						assertThat(mode.parameters()).as(offering.key()).containsKey("prompt");
					}
				});
			}
		}
	}

	@Test
	void theCardsModelIsComplete() {
		Model model = load().model("sd3.5-large-turbo").orElseThrow();
		assertThat(model.slug()).isEqualTo("stable-diffusion-3.5-large-turbo");
		assertThat(model.gallery()).hasSize(2);
		assertThat(model.examplePrompt().orElseThrow()).contains("FRESH BLOOMS & SUNSHINE");
		assertThat(model.about().orElseThrow().strengths()).hasSize(4);
		assertThat(model.about().orElseThrow().limitations()).hasSize(3);
		assertThat(model.maxResolution().orElseThrow()).hasToString("1024x1024");
		Offering offering = model.offerings().getFirst();
		assertThat(offering.key()).isEqualTo("replicate/stable-diffusion-3.5-large-turbo");
		assertThat(offering.executedModel()).isEqualTo("replicate/stability-ai/stable-diffusion-3.5-large-turbo");
		assertThat(Money.ceiling(offering.pricing().orElseThrow().components().getFirst().unitPrice()).micros())
			.isEqualTo(40_000);
	}

	@Test
	void datesInformAndSwitchNothingOff() {
		Model model = load().model("gpt-image-1.5").orElseThrow();
		assertThat(model.dates().shutdown()).contains(java.time.LocalDate.of(2026, 12, 1));
		Clock later = Clock.fixed(Instant.parse("2027-06-01T00:00:00Z"), ZoneOffset.UTC);
		Catalog catalog = CatalogLoader.strict(new CatalogSources(this.overlay), later).load();
		assertThat(catalog.model("gpt-image-1.5").orElseThrow().status().inService()).isTrue();
	}

	@Test
	void anOverlayReplacesAPriceAndNothingElse() throws IOException {
		write("models/price.yaml", """
				slug: stable-diffusion-3.5-large-turbo
				offerings:
				  - provider: replicate
				    pricing:
				      components: [{type: output, metric: image, unit-price: 0.01}]
				      source: our contract
				      effective-at: 2026-11-01
				""");
		Offering offering = load().model("stable-diffusion-3.5-large-turbo").orElseThrow().offerings().getFirst();
		assertThat(offering.pricing().orElseThrow().source()).isEqualTo("our contract");
		assertThat(offering.mode(Capability.GENERATE).parameters()).containsKey("steps");
		assertThat(offering.providerModel()).isEqualTo("stability-ai/stable-diffusion-3.5-large-turbo");
	}

	@Test
	void anOverlayAddsAModelAndSwitchesOthersOff() throws IOException {
		write("models/mine.yaml", """
				slug: my-model
				name: My Model
				creator: {slug: me, name: Me}
				family: mine
				description: A model of my own.
				modalities: {input: [text], output: [image]}
				offerings:
				  - {provider: replicate, model: me/my-model}
				""");
		write("models/off.yaml", "slug: flux.1-dev\ndisabled: true\n");
		write("models/half.yaml", "slug: gpt-image-2\nofferings: [{provider: openai, disabled: true}]\n");
		Catalog catalog = load();
		assertThat(catalog.model("my-model").orElseThrow().offerings().getFirst().pricing()).isEmpty();
		assertThat(catalog.model("flux.1-dev").orElseThrow().status()).isEqualTo(Model.Status.DISABLED);
		assertThat(catalog.model("gpt-image-2").orElseThrow().offerings()).filteredOn(each -> each.status().inService())
			.extracting(Offering::provider)
			.contains("replicate")
			.doesNotContain("openai");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\'',
			textBlock = """
					'slug: x\n\tname: y'                                     | 'models/bad.yaml:2: no valid YAML'
					'slug: flux.1-dev\nnmae: y'                              | 'models/bad.yaml:2: nmae: unknown key'
					'slug: flux.1-dev\nname: a\nname: b'                     | 'models/bad.yaml:3: name: stands twice (expected: once)'
					'slug: flux.1-dev\nstatus: on'                           | 'models/bad.yaml:2: status: true (expected: one of'
					'slug: flux.1-dev\nlimits:\n  count: 0'                  | 'models/bad.yaml:3: limits.count: 0 (expected: >= 1)'
					'slug: flux.1-dev\naliases: [gpt-image-2]'               | 'aliases[0]: gpt-image-2 is taken by gpt-image-2'
					'slug: flux.1-dev\nofferings:\n  - provider: nobody\n    model: a' | 'models/bad.yaml:3: offerings[10].provider: nobody (expected: one of'
					'slug: flux.1-dev\nofferings:\n  - provider: replicate\n    pricing:\n      components: [{type: output, metric: image, unit-price: -1}]\n      source: s\n      effective-at: 2026-01-01' | 'models/bad.yaml:5: offerings[0].pricing.components[0].unit-price: -1 (expected: >= 0)'
					'slug: flux.1-dev\nofferings:\n  - provider: replicate\n    pricing:\n      components: [{type: output, metric: image, unit-price: 0}]\n      source: s\n      effective-at: 2026-01-01' | '0 (expected: > 0, or free: true)'
					'slug: flux.1-dev\nofferings:\n  - provider: replicate\n    pricing:\n      source: s' | 'effective-at'
					'slug: new-one'                                          | 'models/bad.yaml:1: ''name'' is missing'
					""")
	void mistakesAreNamedWithFileLineAndKey(String text, String problem) throws IOException {
		write("models/bad.yaml", text.replace("\\n", "\n").replace("\\t", "\t"));
		assertThatThrownBy(this::load).isInstanceOf(InvalidCatalogException.class).hasMessageContaining(problem);
	}

	@Test
	void everyMistakeIsNamedNotOnlyTheFirst() throws IOException {
		write("models/a.yaml", "slug: flux.1-dev\nnmae: y\n");
		write("providers/b.yaml", "name: replicate\nlimits: {connections: 0}\n");
		assertThatThrownBy(this::load).hasMessageContaining("models/a.yaml:2")
			.hasMessageContaining("providers/b.yaml:2: limits.connections: 0 (expected: >= 1)");
	}

	@Test
	void aValidChangeIsTakenAndAnInvalidOneLeavesTheSnapshot() throws IOException {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (ReloadingCatalogs catalogs = new ReloadingCatalogs(new CatalogSources(this.overlay), CLOCK, Duration.ZERO,
				registry)) {
			Catalog first = catalogs.current();
			write("models/off.yaml", "slug: flux.1-dev\ndisabled: true\n");
			catalogs.check();
			Catalog second = catalogs.current();
			assertThat(second).isNotSameAs(first);
			assertThat(second.model("flux.1-dev").orElseThrow().status()).isEqualTo(Model.Status.DISABLED);

			write("models/off.yaml", "slug: flux.1-dev\ndisabled: perhaps\n");
			catalogs.check();
			assertThat(catalogs.current()).isSameAs(second);
			assertThat(catalogs.status().problems()).extracting(CatalogProblem::line).containsExactly(2);
			assertThat(registry.counter("heliostat.catalog.reload", "result", "ok").count()).isEqualTo(1);
			assertThat(registry.counter("heliostat.catalog.reload", "result", "failed").count()).isEqualTo(1);

			Files.delete(this.overlay.resolve("models/off.yaml"));
			catalogs.check();
			assertThat(catalogs.current().model("flux.1-dev").orElseThrow().status().inService()).isTrue();
			assertThat(catalogs.status().problems()).isEmpty();
		}
	}

	@Test
	void aMountedConfigMapIsReadAgainWhenItsLinkIsSwapped() throws IOException {
		Path models = Files.createDirectories(this.overlay.resolve("models"));
		Path one = Files.createDirectories(models.resolve("..2026_01"));
		Files.writeString(one.resolve("a.yaml"), "slug: flux.1-dev\n");
		Path two = Files.createDirectories(models.resolve("..2026_02"));
		Files.writeString(two.resolve("a.yaml"), "slug: flux.1-dev\ndisabled: true\n");
		Path data = models.resolve("..data");
		Files.createSymbolicLink(data, one.getFileName());
		Files.createSymbolicLink(models.resolve("a.yaml"), Path.of("..data", "a.yaml"));
		try (ReloadingCatalogs catalogs = new ReloadingCatalogs(new CatalogSources(this.overlay), CLOCK, Duration.ZERO,
				new SimpleMeterRegistry())) {
			assertThat(catalogs.current().model("flux.1-dev").orElseThrow().status().inService()).isTrue();

			Path swapped = models.resolve("..data_tmp");
			Files.createSymbolicLink(swapped, two.getFileName());
			Files.move(swapped, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
			catalogs.check();

			assertThat(catalogs.current().model("flux.1-dev").orElseThrow().status()).isEqualTo(Model.Status.DISABLED);
		}
	}

	@Test
	void stalePricesAreListed() {
		List<String> stale = load().stalePrices(Instant.parse("2026-06-01T00:00:00Z"));
		assertThat(stale).contains("replicate/stable-diffusion-3.5-large-turbo").doesNotContain("openai/gpt-image-2");
	}

	@Test
	void theNearestNameIsFound() {
		assertThat(load().nearest("flux-schnel")).contains("flux-schnell");
		assertThat(load().nearest("zzzzzzzzzzzzzzzz")).isEmpty();
	}

}
