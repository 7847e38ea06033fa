package dev.heliostat.e2e;

import java.util.ArrayList;
import java.util.List;

import dev.heliostat.image.Billed;

/**
 * A row of {@link FaultMatrixTest}'s table: a fault of a provider, and all that it has to
 * lead to.
 *
 * @param number its place, so that every fault has a model of its own
 * @param provider who has it
 * @param knobs how the provider's simulator is told to have it
 * @param submissions how often the provider was asked to make a picture
 * @param status what the client got
 * @param code the code of the error that it got
 * @param retry {@code x-should-retry}
 * @param after {@code retry-after}; empty where there is none
 * @param outcome how the attempt ended
 * @param failure the class of its failure
 * @param billed whether it is charged for
 * @param circuit the state of a circuit that opens at the first failure
 */
record Fault(int number, String provider, String knobs, int submissions, int status, String code, boolean retry,
		String after, String outcome, String failure, Billed billed, String circuit) {

	/** What a picture costs at the provider that has the fault. */
	static final long MICROS = 40_000;

	/** Reads a table; its first line names the columns. */
	static List<Fault> table(String text) {
		List<Fault> faults = new ArrayList<>();
		text.lines().skip(1).forEach(line -> {
			String[] cells = line.split("\\|", -1);
			for (int i = 0; i < cells.length; i++) {
				cells[i] = cells[i].strip();
			}
			String[] client = cells[3].split(" ");
			String[] attempt = cells[5].split(" ");
			String[] retry = cells[4].split(" ");
			faults.add(new Fault(faults.size(), cells[0], cells[1], Integer.parseInt(cells[2]),
					Integer.parseInt(client[0]), client[1], retry[0].equals("yes"), (retry.length > 1) ? retry[1] : "",
					attempt[0], attempt[1], Billed.valueOf(cells[6].toUpperCase()), cells[7]));
		});
		return faults;
	}

	/** Whether another provider may be asked for the picture. */
	boolean mayFailOver() {
		return this.outcome.equals("failed") && this.billed == Billed.NO;
	}

	@Override
	public String toString() {
		return this.provider + ": " + this.knobs;
	}

}
