package dev.heliostat.media;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Takes the picture out of a provider's answer that comes in pieces of 16 KB.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScannerBenchmark {

	private static final int PIECE = 16 * 1024;

	@Param({ "1000", "1050000" })
	private int picture;

	private final List<byte[]> pieces = new ArrayList<>();

	@Setup
	public void write() {
		byte[] bytes = new byte[this.picture];
		new Random(1).nextBytes(bytes);
		byte[] answer = ("{\"created\":1700000000,\"data\":[{\"b64_json\":\"" + Base64.getEncoder().encodeToString(bytes)
				+ "\"}],\"usage\":{\"total_tokens\":100,\"input_tokens\":10,\"output_tokens\":90}}")
			.getBytes(StandardCharsets.UTF_8);
		for (int at = 0; at < answer.length; at += PIECE) {
			this.pieces.add(Arrays.copyOfRange(answer, at, Math.min(answer.length, at + PIECE)));
		}
	}

	@Benchmark
	public byte[] scan(Blackhole taken) {
		Base64Scanner scanner = new Base64Scanner(List.of("b64_json"), List.of("url"));
		for (byte[] piece : this.pieces) {
			scanner.feed(piece).forEach(taken::consume);
		}
		return scanner.skeleton();
	}

}
