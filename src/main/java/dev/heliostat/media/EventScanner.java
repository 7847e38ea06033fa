package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads server-sent events as they arrive, in pieces of any length: the data of an event
 * leaves as it comes, so that no event is ever whole in memory.
 */
final class EventScanner {

	/** The longest name of a field, or of an event, that means anything. */
	private static final int LONGEST = 256;

	private final ByteArrayOutputStream field = new ByteArrayOutputStream(16);

	private final ByteArrayOutputStream value = new ByteArrayOutputStream(64);

	private State state = State.FIELD;

	private String name = "";

	private boolean hasData;

	private boolean afterReturn;

	/** What a piece held. */
	sealed interface Found {

		/** The next bytes of an event's data. */
		record Data(byte[] bytes) implements Found {
		}

		/** The end of an event that had data. */
		record End(String name) implements Found {
		}

	}

	/** Takes the next piece; gives what it held, in order. */
	List<Found> feed(byte[] piece) {
		List<Found> found = new ArrayList<>();
		int at = 0;
		while (at < piece.length) {
			byte next = piece[at];
			boolean second = this.afterReturn && next == '\n';
			this.afterReturn = false;
			if (second) {
				at++;
			}
			else if (next == '\n' || next == '\r') {
				this.afterReturn = next == '\r';
				endLine(found);
				at++;
			}
			else if (this.state == State.DATA) {
				int end = lineEnd(piece, at);
				found.add(new Found.Data(Arrays.copyOfRange(piece, at, end)));
				at = end;
			}
			else {
				take(next, found);
				at++;
			}
		}
		return found;
	}

	private static int lineEnd(byte[] piece, int from) {
		int at = from;
		while (at < piece.length && piece[at] != '\n' && piece[at] != '\r') {
			at++;
		}
		return at;
	}

	private void take(byte next, List<Found> found) {
		switch (this.state) {
			case FIELD -> {
				if (next == ':') {
					begin(found);
				}
				else if (this.field.size() < LONGEST) {
					this.field.write(next);
				}
			}
			// One space behind the colon is not part of the value.
			case DATA_SPACE -> {
				this.state = State.DATA;
				if (next != ' ') {
					found.add(new Found.Data(new byte[] { next }));
				}
			}
			case NAME -> {
				if (this.value.size() < LONGEST) {
					this.value.write(next);
				}
			}
			case DATA, OTHER -> {
				// Data leaves in larger pieces; comments and other fields mean nothing.
			}
		}
	}

	private void begin(List<Found> found) {
		this.state = switch (this.field.toString(StandardCharsets.UTF_8)) {
			case "data" -> State.DATA_SPACE;
			case "event" -> State.NAME;
			default -> State.OTHER;
		};
		if (this.state == State.DATA_SPACE) {
			if (this.hasData) {
				found.add(new Found.Data(new byte[] { '\n' }));
			}
			this.hasData = true;
		}
	}

	private void endLine(List<Found> found) {
		if (this.state == State.NAME) {
			this.name = this.value.toString(StandardCharsets.UTF_8).strip();
		}
		else if (this.state == State.FIELD && this.field.size() == 0) {
			if (this.hasData) {
				found.add(new Found.End(this.name));
			}
			this.name = "";
			this.hasData = false;
		}
		else if (this.state == State.FIELD) {
			// A field without a colon has an empty value.
			begin(found);
			this.name = (this.state == State.NAME) ? "" : this.name;
		}
		this.field.reset();
		this.value.reset();
		this.state = State.FIELD;
	}

	private enum State {

		FIELD, DATA_SPACE, DATA, NAME, OTHER

	}

}
