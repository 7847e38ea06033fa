package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.heliostat.testing.Cuts;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz target: server-sent events are the same however they are cut, and the same as a
 * plain reading of whole lines finds.
 */
public final class EventScannerFuzz {

	private static final int LONGEST_NAME = 256;

	private EventScannerFuzz() {
	}

	private record Event(String name, String data) {
	}

	public static void fuzzerTestOneInput(byte[] input) {
		List<Event> plain = plain(new String(input, StandardCharsets.ISO_8859_1));
		for (int longest : new int[] { 1, 5, 200, Math.max(1, input.length) }) {
			assertThat(scan(Cuts.of(input, longest))).as("cut into " + longest).isEqualTo(plain);
		}
	}

	private static List<Event> scan(List<byte[]> pieces) {
		EventScanner scanner = new EventScanner();
		List<Event> events = new ArrayList<>();
		ByteArrayOutputStream data = new ByteArrayOutputStream();
		for (byte[] piece : pieces) {
			for (EventScanner.Found found : scanner.feed(piece)) {
				switch (found) {
					case EventScanner.Found.Data more -> data.writeBytes(more.bytes());
					case EventScanner.Found.End end -> {
						events.add(new Event(end.name(), data.toString(StandardCharsets.ISO_8859_1)));
						data.reset();
					}
				}
			}
		}
		return events;
	}

	/** The rules of the standard, on a whole text; names as the scanner bounds them. */
	private static List<Event> plain(String text) {
		List<Event> events = new ArrayList<>();
		List<String> data = new ArrayList<>();
		String name = "";
		String[] lines = text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1);
		for (int i = 0; i < lines.length - 1; i++) {
			String line = lines[i];
			if (line.isEmpty()) {
				if (!data.isEmpty()) {
					events.add(new Event(name, String.join("\n", data)));
				}
				data.clear();
				name = "";
				continue;
			}
			int colon = line.indexOf(':');
			String field = (colon < 0) ? line : line.substring(0, colon);
			String value = (colon < 0) ? "" : line.substring(colon + 1);
			if (field.equals("data")) {
				data.add(value.startsWith(" ") ? value.substring(1) : value);
			}
			else if (field.equals("event")) {
				String cut = (value.length() > LONGEST_NAME) ? value.substring(0, LONGEST_NAME) : value;
				name = new String(cut.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
			}
		}
		return events;
	}

}
