package dev.heliostat.api;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.access.Callers;
import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.image.Output.Fit;
import dev.heliostat.ledger.ClientNotes;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.simulator.FastUpstream;
import dev.heliostat.testing.Gateway;

/**
 * Reads the body of a request, and writes everything of its answer but the picture.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JsonBenchmark {

	private final byte[] body = """
			{"model": "openai/gpt-image-2", "prompt": "A serene mountain landscape at sunset", "size": "1024x1024", "n": 1,
			 "response_format": "b64_json"}"""
		.getBytes(StandardCharsets.UTF_8);

	private final FastUpstream upstream = new FastUpstream();

	private Gateway gateway;

	private LimitedJson json;

	private Generation generation;

	@Setup
	public void generate() {
		this.gateway = Gateway.start("--heliostat.providers.openai.base-url=" + this.upstream.baseUrl(),
				"--heliostat.providers.openai.api-key=a-key-of-the-benchmarks");
		this.json = new LimitedJson(this.gateway.bean(LimitsProperties.class));
		GenerationBody asked = read();
		Order order = new Order(
				this.gateway.bean(Callers.class).authenticate(Optional.of("Bearer " + Gateway.LIVE_KEY)).block(),
				"req_bench", asked.request(), asked.preferences(), asked.form(), Optional.empty(), Optional.empty(),
				Repeats.NONE, Optional.empty(), Optional.empty(), ClientNotes.NONE);
		this.generation = this.gateway.bean(Generations.class).generate(order).block();
	}

	@TearDown
	public void stop() {
		this.gateway.close();
		this.upstream.close();
	}

	@Benchmark
	public GenerationBody read() {
		return GenerationBody.read((ObjectNode) this.json.read(this.body), Fit.NEAREST);
	}

	@Benchmark
	public ImagesBody answer() {
		return ImagesBody.of(this.generation);
	}

}
