package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.heliostat.simulator.OpenAiSimulator;

/**
 * One model at three providers of one kind, {@code alpha}, {@code beta} and
 * {@code gamma}, the first of which is the cheapest.
 */
public final class SharedModel implements AutoCloseable {

	public static final String SLUG = "shared-model";

	public static final List<String> NAMES = List.of("alpha", "beta", "gamma");

	private final List<OpenAiSimulator> simulators = List.of(new OpenAiSimulator(0), new OpenAiSimulator(0),
			new OpenAiSimulator(0));

	/** The provider of a name. */
	public OpenAiSimulator of(String name) {
		return this.simulators.get(NAMES.indexOf(name));
	}

	public List<OpenAiSimulator> all() {
		return this.simulators;
	}

	/**
	 * Arguments that put it behind a gateway.
	 * @param offerings what the model's file says of each offering beside its price, such
	 * as {@code weight: 2}
	 * @param more further arguments
	 */
	public String[] arguments(List<String> offerings, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--heliostat.config-dir=" + config(offerings)));
		NAMES.forEach(name -> arguments.add("--heliostat.providers." + name + ".api-key=" + OpenAiSimulator.TOKEN));
		arguments.addAll(List.of(more));
		return arguments.toArray(String[]::new);
	}

	private Path config(List<String> offerings) {
		StringBuilder model = new StringBuilder("""
				slug: shared-model
				name: Shared Model
				creator: {slug: tests, name: Tests}
				family: tests
				description: One model at three providers.
				modalities: {input: [text], output: [image]}
				offerings:
				""");
		try {
			Path config = Gateway.temporary();
			Path models = Files.createDirectories(config.resolve("catalog/models"));
			Path providers = Files.createDirectories(config.resolve("catalog/providers"));
			for (int i = 0; i < NAMES.size(); i++) {
				model.append("""
						  - provider: %s
						    model: shared
						    expected: {seconds: 0.05}
						    pricing:
						      components: [{type: output, metric: image, unit-price: 0.0%d}]
						      source: the test
						      effective-at: 2026-01-01
						""".formatted(NAMES.get(i), i + 1));
				offerings.get(i).lines().forEach(line -> model.append("    ").append(line).append('\n'));
				Files.writeString(providers.resolve(NAMES.get(i) + ".yaml"),
						"""
								name: %s
								label: Provider %s
								protocol: sync
								base-url: %s
								auth: {variables: [heliostat.providers.%s.api-key]}
								wire: {path: /images/generations, model: model, answer: {images: /data/*, base64: b64_json, url: url}}
								"""
							.formatted(NAMES.get(i), NAMES.get(i), this.simulators.get(i).baseUrl(), NAMES.get(i)));
			}
			Files.writeString(models.resolve("shared-model.yaml"), model);
			return config;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.simulators.forEach(OpenAiSimulator::close);
	}

}
