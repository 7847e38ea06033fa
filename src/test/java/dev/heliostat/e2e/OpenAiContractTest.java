package dev.heliostat.e2e;

import dev.heliostat.simulator.Simulator;

/**
 * The contract of adapters, by OpenAI.
 */
class OpenAiContractTest extends ProviderContract {

	@Override
	protected String model() {
		return "openai/gpt-image-2";
	}

	@Override
	protected Simulator simulator() {
		return this.openAi;
	}

	@Override
	protected void play(String knobs) {
		this.openAi.usual(knobs);
	}

	@Override
	protected String moderated() {
		return "moderated";
	}

	@Override
	protected String lost() {
		return "lost";
	}

	@Override
	protected String plainBody() {
		return "{\"model\":\"gpt-image-2\",\"prompt\":\"A cat\"}";
	}

}
