package dev.heliostat.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import tools.jackson.databind.node.StringNode;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import dev.heliostat.image.Output;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.testing.Gateway;

/**
 * The beginnings and the ends of 64 generations at once, durable on SQLite; figures are
 * for one generation.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WriterBenchmark {

	private static final int TOGETHER = 64;

	private Gateway gateway;

	private GroupCommitWriter writer;

	private long made;

	@Setup
	public void start() {
		this.gateway = Gateway.start();
		this.writer = this.gateway.bean(GroupCommitWriter.class);
	}

	@TearDown
	public void stop() {
		this.gateway.close();
	}

	@Benchmark
	@OperationsPerInvocation(TOGETHER)
	public void beginAndEnd() {
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < TOGETHER; i++) {
			ids.add("gen_" + this.made++);
		}
		write(ids, Status.RUNNING, GenerationWrite.Kind.SAVE);
		write(ids, Status.SUCCEEDED, GenerationWrite.Kind.SETTLE);
	}

	private void write(List<String> ids, Status status, GenerationWrite.Kind kind) {
		CompletableFuture.allOf(ids.stream()
			.map(id -> this.writer.submit(new GenerationWrite(record(id, status), kind)))
			.toArray(CompletableFuture[]::new)).join();
	}

	private static GenerationRecord record(String id, Status status) {
		Instant now = Instant.now();
		boolean ended = status == Status.SUCCEEDED;
		AttemptRecord attempt = new AttemptRecord(0, 1, "openai", "openai/gpt-image-2", "openai/gpt-image-2",
				Optional.empty(), now, ended ? Optional.of(5L) : Optional.empty(),
				ended ? Optional.of("served") : Optional.empty(), Optional.empty(),
				ended ? Optional.of(Billed.YES) : Optional.empty(), new Money(40_000), new Money(40_000), false,
				Optional.empty(), Optional.empty(), Optional.of(Output.ANY),
				Optional.of(new Measured(Optional.of(39_999L), 12, 4000, 3, 1, List.of("1024x1024"))));
		return new GenerationRecord(id, "req_" + id, "key_1", "default", Capability.GENERATE, "gpt-image-2", 1, status,
				now, ended ? Optional.of(now) : Optional.empty(), List.of(attempt), new Money(40_000), 1, 1.05,
				Map.of("quality", StringNode.valueOf("high")), Optional.empty(), Repeats.NONE, 7, 0, Optional.empty(),
				Optional.empty(), ClientNotes.NONE, 4);
	}

}
