package dev.heliostat.console;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A comparison of offerings of a model by pictures that its owner pays for.
 *
 * @param id {@code bench_…}
 * @param model the model's slug
 * @param keyId whose it is
 * @param project the owner's project
 * @param createdAt when it began
 * @param capMicros what was agreed to
 * @param planned how many pictures
 * @param state where it stands
 * @param touchedAt when it last went on
 * @param sandbox whether the sandbox makes its pictures
 * @param note why it ended early
 * @param pictures what was made so far
 */
record Benchmark(String id, String model, String keyId, String project, Instant createdAt, long capMicros, int planned,
		State state, Instant touchedAt, boolean sandbox, String note, List<Picture> pictures) {

	/** Longer than the slowest picture takes. */
	private static final Duration LOST = Duration.ofMinutes(75);

	Benchmark {
		pictures = List.copyOf(pictures);
	}

	/** Where a benchmark stands. */
	enum State {

		RUNNING, DONE,
		/** Going on could have cost more than was agreed to. */
		CAPPED,
		/** Its owner stopped it. */
		STOPPED,
		/** The caller may not go on: a budget, a limit, the key. */
		REFUSED,
		/** Its process ended. */
		INTERRUPTED

	}

	/**
	 * One picture.
	 *
	 * @param number its number
	 * @param offering what was asked
	 * @param prompt the prompt's number
	 * @param size the size that was asked for
	 * @param generation the generation; empty where it was refused before
	 * @param outcome {@code served}, or the code of an error
	 * @param provider who served it
	 * @param micros what it cost, or may have cost
	 * @param millis from submission to whole picture; -1 where it brought nothing
	 * @param firstByteMillis the same to the picture's first byte
	 * @param finishedAt its end
	 */
	record Picture(int number, String offering, int prompt, String size, String generation, String outcome,
			String provider, long micros, long millis, long firstByteMillis, Instant finishedAt) {

		boolean isServed() {
			return this.outcome.equals("served");
		}

	}

	/** The state, told from the outside. */
	State seenAt(Instant now) {
		return (this.state == State.RUNNING && this.touchedAt.plus(LOST).isBefore(now)) ? State.INTERRUPTED
				: this.state;
	}

	long spent() {
		return this.pictures.stream().mapToLong(Picture::micros).sum();
	}

}
