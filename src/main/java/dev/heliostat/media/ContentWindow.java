package dev.heliostat.media;

import java.nio.charset.StandardCharsets;

import dev.heliostat.image.ImageContent;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Content that can be looked at anywhere, on a thread that may wait; only the part around
 * the last look is in memory.
 */
final class ContentWindow {

	private static final int SIZE = 64 * 1024;

	private final ImageContent content;

	private byte[] window = {};

	private long start;

	ContentWindow(ImageContent content) {
		this.content = content;
	}

	long length() {
		return this.content.length();
	}

	/**
	 * A copy of some bytes; fewer where the content ends, none where a broken header
	 * leads to less than nothing.
	 */
	byte[] bytes(long at, int count) {
		int size = (int) Math.clamp(this.content.length() - at, 0, Math.max(0, count));
		byte[] bytes = new byte[size];
		if (size > SIZE) {
			return read(at, size);
		}
		if (size > 0) {
			load(at, size);
			System.arraycopy(this.window, (int) (at - this.start), bytes, 0, size);
		}
		return bytes;
	}

	private void load(long at, int count) {
		if (at < this.start || at + count > this.start + this.window.length) {
			this.window = read(at, (int) Math.min(SIZE, this.content.length() - at));
			this.start = at;
		}
	}

	private byte[] read(long at, int count) {
		byte[] bytes = DataBufferUtils.join(this.content.read(at, count)).map(DiskSpool::copy).block();
		return (bytes != null) ? bytes : new byte[0];
	}

	/** An unsigned byte; 0 past the end. */
	int byteAt(long at) {
		return (int) big(at, 1);
	}

	/** An unsigned number of up to four bytes, the highest first; 0 past the end. */
	long big(long at, int count) {
		if (at < 0 || at + count > this.content.length()) {
			return 0;
		}
		load(at, count);
		long value = 0;
		for (int i = 0; i < count; i++) {
			value = value << 8 | this.window[(int) (at - this.start) + i] & 0xff;
		}
		return value;
	}

	/** An unsigned number of up to four bytes, the lowest first; 0 past the end. */
	long little(long at, int count) {
		long big = big(at, count);
		long value = 0;
		for (int i = 0; i < count; i++) {
			value = value << 8 | (big >> 8 * i) & 0xff;
		}
		return value;
	}

	/** Some bytes as text, one character for each. */
	String text(long at, int count) {
		return new String(bytes(at, count), StandardCharsets.ISO_8859_1);
	}

}
