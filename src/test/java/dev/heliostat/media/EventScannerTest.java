package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events are the same however they arrive, and whatever ends their lines.
 */
class EventScannerTest {

	private static final String STREAM = """
			: a comment

			event: first
			data: {"a":
			data:1}
			id: 7

			data: [DONE]

			event: without data

			retry: 10
			data:  two spaces
			event:last

			data: cut off""";

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "\r" })
	void eventsAreFoundAtEveryCut(String end) {
		byte[] bytes = STREAM.replace("\n", end).getBytes(StandardCharsets.UTF_8);
		for (int seed = 0; seed < 300; seed++) {
			Random cuts = new Random(seed);
			EventScanner scanner = new EventScanner();
			List<String> events = new ArrayList<>();
			ByteArrayOutputStream data = new ByteArrayOutputStream();
			int at = 0;
			while (at < bytes.length) {
				int length = Math.min(bytes.length - at, 1 + cuts.nextInt(12));
				for (EventScanner.Found found : scanner.feed(Arrays.copyOfRange(bytes, at, at + length))) {
					switch (found) {
						case EventScanner.Found.Data part -> data.writeBytes(part.bytes());
						case EventScanner.Found.End last -> {
							events.add(last.name() + "=" + data.toString(StandardCharsets.UTF_8));
							data.reset();
						}
					}
				}
				at += length;
			}
			assertThat(events).containsExactly("first={\"a\":\n1}", "=[DONE]", "last= two spaces");
			assertThat(data).hasToString("cut off");
		}
	}

}
