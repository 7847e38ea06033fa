package dev.heliostat.media;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;

/**
 * Reads what a picture really is from its first and last bytes, without decoding a pixel.
 */
final class ImageSniffer {

	/**
	 * How many of the first bytes are looked at: a JPEG's dimensions may stand behind
	 * long metadata.
	 */
	static final int HEAD = 256 * 1024;

	/** How many of the last bytes are looked at for the mark of a picture's end. */
	static final int TAIL = 64;

	private ImageSniffer() {
	}

	/** A picture's format and dimensions. */
	record Sniffed(ImageType type, ImageSize size) {
	}

	/**
	 * Sniffs; fails with {@link NoPictureException} for anything that is not a whole
	 * picture of a known format.
	 * @param head the first bytes, up to {@link #HEAD}
	 * @param tail the last bytes, up to {@link #TAIL}
	 * @param length the length of the whole
	 */
	static Sniffed sniff(byte[] head, byte[] tail, long length) {
		if (startsWith(head, 0, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
			require(contains(tail, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82), "PNG");
			if (!startsWith(head, 12, 'I', 'H', 'D', 'R')) {
				throw broken("PNG");
			}
			return new Sniffed(ImageType.PNG, size(int32(head, 16), int32(head, 20), "PNG"));
		}
		if (startsWith(head, 0, 0xff, 0xd8, 0xff)) {
			require(contains(tail, 0xff, 0xd9), "JPEG");
			return new Sniffed(ImageType.JPEG, jpeg(head));
		}
		if (startsWith(head, 0, 'R', 'I', 'F', 'F') && startsWith(head, 8, 'W', 'E', 'B', 'P')) {
			require(length >= (little(head, 4, 4) & 0xffffffffL) + 8, "WebP");
			return new Sniffed(ImageType.WEBP, webp(head));
		}
		if (startsWith(head, 0, 'G', 'I', 'F', '8')) {
			require(contains(tail, 0x3b), "GIF");
			if (!isGif(head)) {
				throw broken("GIF");
			}
			return new Sniffed(ImageType.GIF, size(little(head, 6, 2), little(head, 8, 2), "GIF"));
		}
		if (startsWith(head, 4, 'f', 't', 'y', 'p')
				&& contains(Arrays.copyOf(head, Math.min(head.length, 64)), 'a', 'v', 'i', 'f')) {
			return new Sniffed(ImageType.AVIF, avif(head));
		}
		throw new NoPictureException("expected a PNG, JPEG, WebP, GIF or AVIF picture, got " + describe(head, length));
	}

	/**
	 * Behind the colours stands a block, not the rest of a script that begins like a GIF.
	 */
	private static boolean isGif(byte[] head) {
		int flags = little(head, 10, 1);
		int at = 13 + ((flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0);
		return at < head.length && (head[at] == 0x21 || head[at] == 0x2c);
	}

	private static ImageSize jpeg(byte[] head) {
		int at = 2;
		while (at + 9 < head.length) {
			if ((head[at] & 0xff) != 0xff) {
				break;
			}
			int marker = head[at + 1] & 0xff;
			boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
			if (frame) {
				return size(big16(head, at + 7), big16(head, at + 5), "JPEG");
			}
			boolean standalone = marker == 0xff || (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01;
			at += standalone ? ((marker == 0xff) ? 1 : 2) : 2 + big16(head, at + 2);
		}
		throw broken("JPEG");
	}

	private static ImageSize webp(byte[] head) {
		if (startsWith(head, 12, 'V', 'P', '8', ' ')) {
			return size(little(head, 26, 2) & 0x3fff, little(head, 28, 2) & 0x3fff, "WebP");
		}
		if (startsWith(head, 12, 'V', 'P', '8', 'L')) {
			int bits = little(head, 21, 4);
			return size((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1, "WebP");
		}
		if (startsWith(head, 12, 'V', 'P', '8', 'X')) {
			return size(little(head, 24, 3) + 1, little(head, 27, 3) + 1, "WebP");
		}
		throw broken("WebP");
	}

	private static ImageSize avif(byte[] head) {
		for (int at = 8; at + 16 < head.length; at++) {
			if (startsWith(head, at, 'i', 's', 'p', 'e')) {
				return size(int32(head, at + 8), int32(head, at + 12), "AVIF");
			}
		}
		throw broken("AVIF");
	}

	private static ImageSize size(int width, int height, String format) {
		if (width < 1 || height < 1) {
			throw broken(format);
		}
		return new ImageSize(width, height);
	}

	private static void require(boolean whole, String format) {
		if (!whole) {
			throw NoPictureException.cutOff(format);
		}
	}

	private static NoPictureException broken(String format) {
		return new NoPictureException("the " + format + " picture's header is broken");
	}

	private static String describe(byte[] head, long length) {
		if (length == 0) {
			return "no bytes";
		}
		String text = new String(head, 0, Math.min(head.length, 256), StandardCharsets.ISO_8859_1).strip()
			.toLowerCase(Locale.ROOT);
		if (text.startsWith("<svg") || (text.startsWith("<?xml") && text.contains("<svg"))) {
			return "an SVG document";
		}
		if (text.startsWith("<")) {
			return "an HTML or XML document";
		}
		if (text.startsWith("{") || text.startsWith("[")) {
			return "JSON";
		}
		return length + " bytes of something else";
	}

	private static boolean startsWith(byte[] bytes, int at, int... wanted) {
		if (bytes.length < at + wanted.length) {
			return false;
		}
		for (int i = 0; i < wanted.length; i++) {
			if ((bytes[at + i] & 0xff) != wanted[i]) {
				return false;
			}
		}
		return true;
	}

	private static boolean contains(byte[] bytes, int... wanted) {
		for (int at = bytes.length - wanted.length; at >= 0; at--) {
			if (startsWith(bytes, at, wanted)) {
				return true;
			}
		}
		return false;
	}

	private static int int32(byte[] bytes, int at) {
		if (bytes.length < at + 4) {
			return 0;
		}
		return (big16(bytes, at) << 16) | big16(bytes, at + 2);
	}

	private static int big16(byte[] bytes, int at) {
		return (bytes.length < at + 2) ? 0 : ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
	}

	private static int little(byte[] bytes, int at, int count) {
		int value = 0;
		for (int i = 0; i < count && at + i < bytes.length; i++) {
			value |= (bytes[at + i] & 0xff) << (8 * i);
		}
		return value;
	}

}
