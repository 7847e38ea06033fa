package dev.heliostat.access;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import dev.heliostat.testing.Gateway;

/**
 * Who asks: a key of the configuration, and one of the store, which is looked up anew
 * every four seconds.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyCheckBenchmark {

	private Gateway gateway;

	private Callers callers;

	private Optional<String> configured;

	private Optional<String> stored;

	@Setup
	public void start() {
		this.gateway = Gateway.start();
		this.callers = this.gateway.bean(Callers.class);
		this.configured = Optional.of("Bearer " + Gateway.LIVE_KEY);
		String body = "{\"name\": \"bench\", \"kind\": \"live\"}";
		String secret = this.gateway.post("/admin/v1/keys", Gateway.ADMIN_KEY, body).json().path("key").asString();
		this.stored = Optional.of("Bearer " + secret);
	}

	@TearDown
	public void stop() {
		this.gateway.close();
	}

	@Benchmark
	public Caller configured() {
		return this.callers.authenticate(this.configured).block();
	}

	@Benchmark
	public Caller stored() {
		return this.callers.authenticate(this.stored).block();
	}

}
