package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.catalog.ShippedCatalog;
import dev.heliostat.testing.Gateway;

/**
 * A configuration under which jobs are polled at once: simulators need no time.
 */
final class Quick {

	/** A model for those providers of which no model is shipped. */
	private static final String ELSEWHERE = """
			slug: elsewhere
			name: Elsewhere
			creator: {slug: someone, name: Someone}
			family: elsewhere
			description: A model of the tests.
			modalities: {input: [text], output: [image]}
			offerings:
			  - {provider: leonardo, model: 6b645e3a-d64f-4341-a6d8-7a3690fbf042, expected: {seconds: 0.05}}
			  - {provider: sd-cpp, model: sd-cpp-local}
			""";

	private Quick() {
	}

	/** A directory for {@code heliostat.config-dir}. */
	static Path config() {
		try {
			Path config = Gateway.temporary();
			Path providers = Files.createDirectories(config.resolve("catalog/providers"));
			Path models = Files.createDirectories(config.resolve("catalog/models"));
			for (Provider provider : ShippedCatalog.load().providers()) {
				Files.writeString(providers.resolve(provider.name() + ".yaml"), "name: " + provider.name()
						+ "\nlimits: {poll-every: 10ms, connections: " + provider.limits().connections() + "}\n");
			}
			for (Model model : ShippedCatalog.load().models()) {
				StringBuilder text = new StringBuilder("slug: " + model.slug() + "\nofferings:\n");
				for (Offering offering : model.offerings()) {
					text.append("  - {provider: ").append(offering.provider()).append(", expected: {seconds: 0.05}}\n");
				}
				Files.writeString(models.resolve(model.slug() + ".yaml"), text);
			}
			Files.writeString(models.resolve("elsewhere.yaml"), ELSEWHERE);
			return config;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
