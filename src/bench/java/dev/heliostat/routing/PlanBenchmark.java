package dev.heliostat.routing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tools.jackson.databind.node.StringNode;

import dev.heliostat.access.Caller;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.Output.Fit;
import dev.heliostat.pricing.Quote;
import dev.heliostat.testing.Gateway;

/**
 * From a model and a request to a plan: who may serve, in which order, and what it costs.
 * FLUX.1 schnell has five offerings here, GPT Image one with prices by tokens.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PlanBenchmark {

	@Param({ "openai/gpt-image-2", "flux.1-schnell" })
	private String model;

	private final Caller caller = new Caller("key_bench", "default", Caller.Kind.LIVE);

	private Gateway gateway;

	private Router router;

	private ImageRequest request;

	private Candidate first;

	@Setup
	public void start() {
		this.gateway = Gateway.start(List.of("openai", "replicate", "fal", "together", "fireworks", "deepinfra")
			.stream()
			.map(provider -> "--heliostat.providers." + provider + ".api-key=a-key-of-the-benchmarks")
			.toArray(String[]::new));
		this.router = this.gateway.bean(Router.class);
		this.request = new ImageRequest(Capability.GENERATE, this.model, "A serene mountain landscape at sunset", 1,
				Map.of("size", StringNode.valueOf("1024x1024")), List.of(), Optional.empty(), Fit.NEAREST);
		Plan plan = this.router.plan(this.request, Preferences.NONE, this.caller);
		System.out.println(plan.candidates().size() + " offerings");
		this.first = plan.first();
	}

	@TearDown
	public void stop() {
		this.gateway.close();
	}

	@Benchmark
	public Plan plan() {
		return this.router.plan(this.request, Preferences.NONE, this.caller);
	}

	@Benchmark
	public Plan planAndDepart() {
		return this.router.depart(plan(), Preferences.NONE);
	}

	@Benchmark
	public Optional<Quote> quote() {
		return this.router.quote(this.first.offering(), this.request, this.first.request(), 1);
	}

}
