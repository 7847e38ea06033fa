package dev.heliostat.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every provider of the catalog, simulated, and the settings that put the simulators in
 * the places of the real ones.
 */
public final class ProviderSimulators implements AutoCloseable {

	private final Map<String, Simulator> byProvider = new LinkedHashMap<>();

	private final List<String> arguments = new ArrayList<>();

	public ProviderSimulators() {
		ReplicateSimulator replicate = new ReplicateSimulator(0);
		add("replicate", replicate, replicate.baseUrl(), ReplicateSimulator.TOKEN, List.of());
		OpenAiSimulator openAi = new OpenAiSimulator(0);
		add("openai", openAi, openAi.baseUrl(), OpenAiSimulator.TOKEN, List.of());
		FalSimulator fal = new FalSimulator(0);
		add("fal", fal, fal.queueUrl(), fal.credential(), List.of());
		List<ProviderSimulator> others = List.of(new BflSimulator(0), new LumaSimulator(0), new LeonardoSimulator(0),
				new FireworksSimulator(0), new WaveSpeedSimulator(0), new AlibabaSimulator(0), new RunwaySimulator(0),
				new Automatic1111Simulator(0), new ComfyUiSimulator(0), new LocalAiSimulator(0),
				new VllmOmniSimulator(0), new SglangSimulator(0), new SdCppSimulator(0), new TogetherSimulator(0),
				new DeepInfraSimulator(0), new XaiSimulator(0), new AzureSimulator(0), new RecraftSimulator(0),
				new OpenRouterSimulator(0), new BytePlusSimulator(0), new NscaleSimulator(0), new IdeogramSimulator(0),
				new RunwareSimulator(0), new StabilitySimulator(0), new HuggingFaceSimulator(0), new GeminiSimulator(0),
				new VertexSimulator(0), new BedrockSimulator(0), new ZaiSimulator(0));
		for (ProviderSimulator each : others) {
			add(each.provider(), each, each.baseUrl(), each.credential(), each.options());
		}
	}

	private void add(String provider, Simulator simulator, String baseUrl, String credential, List<String> options) {
		this.byProvider.put(provider, simulator);
		String prefix = "--heliostat.providers." + provider + ".";
		this.arguments.add(prefix + "base-url=" + baseUrl);
		if (!credential.isEmpty()) {
			this.arguments.add(prefix + "api-key=" + credential);
		}
		options.forEach(option -> this.arguments.add(prefix + option));
	}

	/** What a gateway has to be started with. */
	public List<String> arguments() {
		return List.copyOf(this.arguments);
	}

	/** The names of the providers that are simulated. */
	public List<String> providers() {
		return List.copyOf(this.byProvider.keySet());
	}

	public Simulator of(String provider) {
		Simulator simulator = this.byProvider.get(provider);
		if (simulator == null) {
			throw new IllegalArgumentException("no simulator of " + provider);
		}
		return simulator;
	}

	/** Tells a simulator what every request meets. */
	public void usual(String provider, String directives) {
		switch (of(provider)) {
			case ProviderSimulator each -> each.usual(directives);
			case ReplicateSimulator each -> each.usual(directives);
			case OpenAiSimulator each -> each.usual(directives);
			default -> throw new IllegalArgumentException(provider);
		}
	}

	public void clear() {
		this.byProvider.values().forEach(Simulator::clear);
	}

	@Override
	public void close() {
		this.byProvider.values().forEach(Simulator::close);
	}

}
