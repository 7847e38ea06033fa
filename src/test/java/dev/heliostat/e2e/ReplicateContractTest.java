package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.heliostat.simulator.Simulator;
import dev.heliostat.testing.Gateway;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of adapters, by Replicate, and what only jobs can do.
 */
class ReplicateContractTest extends ProviderContract {

	@Override
	protected String[] arguments() {
		Path config = Gateway.temporary();
		try {
			Path models = Files.createDirectories(config.resolve("catalog/models"));
			Path providers = Files.createDirectories(config.resolve("catalog/providers"));
			Files.writeString(providers.resolve("replicate.yaml"), "name: replicate\nlimits: {poll-every: 100ms}\n");
			Files.writeString(models.resolve("impatient.yaml"), """
					slug: stable-diffusion-3.5-large-turbo
					offerings: [{provider: replicate, give-up: 2s}]
					""");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new String[] { "--heliostat.config-dir=" + config };
	}

	@Override
	protected String model() {
		return "replicate/stable-diffusion-3.5-large-turbo";
	}

	@Override
	protected Simulator simulator() {
		return this.replicate;
	}

	@Override
	protected void play(String knobs) {
		this.replicate.usual(knobs);
	}

	@Override
	protected String moderated() {
		return "failed=nsfw";
	}

	@Override
	protected String lost() {
		return "lost-before";
	}

	@Override
	protected String plainBody() {
		return "{\"input\":{\"prompt\":\"A cat\"}}";
	}

	@Test
	void aJobThatNeverEndsIsCancelledAndMayBeBilled() {
		play("stuck");
		assertThat(generate().json().path("error").path("code").asString()).isEqualTo("outcome_unknown");
		assertThat(this.replicate.submissions()).hasSize(1);
		assertThat(this.replicate.log()).anySatisfy(sent -> assertThat(sent.path()).endsWith("/cancel"));
		assertThat(billed()).isEqualTo("MAYBE");
	}

	@Test
	void twoEqualRequestsWhoseCreatesAreLostFindEachItsOwnJob() {
		play("lost");
		assertThat(generate("\"n\": 2").json().path("data").size()).isEqualTo(2);
		assertThat(this.replicate.created()).isEqualTo(2);
		assertThat(this.replicate.submissions()).hasSize(2);
	}

}
