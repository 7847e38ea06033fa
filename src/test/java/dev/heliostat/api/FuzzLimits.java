package dev.heliostat.api;

import java.time.Duration;

import org.springframework.util.unit.DataSize;

/**
 * Limits so small that random bodies meet them.
 */
final class FuzzLimits {

	private FuzzLimits() {
	}

	static LimitsProperties small() {
		return new LimitsProperties(100, 6, DataSize.ofBytes(300), 70, 20, 6, 2000, 20, DataSize.ofKilobytes(16),
				DataSize.ofKilobytes(8), DataSize.ofKilobytes(1), Duration.ofSeconds(10), Duration.ofSeconds(30),
				Duration.ofSeconds(60), 0);
	}

}
