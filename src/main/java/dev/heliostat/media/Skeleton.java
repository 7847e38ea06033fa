package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What is left of a JSON text when its pictures are taken out: not much, or it is none
 * that anybody should have sent.
 */
final class Skeleton {

	/** How much may stand around the pictures. */
	static final int MOST = 1024 * 1024;

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

	void add(byte next) {
		check(1);
		this.bytes.write(next);
	}

	void add(byte[] from, int begin, int end) {
		check(end - begin);
		this.bytes.write(from, begin, end - begin);
	}

	void add(String ascii) {
		byte[] text = ascii.getBytes(StandardCharsets.US_ASCII);
		add(text, 0, text.length);
	}

	private void check(int more) {
		if (this.bytes.size() + more > MOST) {
			throw new SpoolLimitException(MOST);
		}
	}

	byte[] bytes() {
		return this.bytes.toByteArray();
	}

}
