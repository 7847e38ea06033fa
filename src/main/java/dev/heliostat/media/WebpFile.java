package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Puts a WebP file together from its chunks.
 */
final class WebpFile {

	private static final int FIRST = 12;

	private static final int PROFILE = 0x20;

	private static final int ALPHA = 0x10;

	private static final int XMP = 0x04;

	private WebpFile() {
	}

	static byte[] of(byte[]... chunks) {
		ByteArrayOutputStream file = new ByteArrayOutputStream();
		int length = 4;
		for (byte[] chunk : chunks) {
			length += chunk.length;
		}
		file.writeBytes("RIFF".getBytes(StandardCharsets.ISO_8859_1));
		little(file, length, 4);
		file.writeBytes("WEBP".getBytes(StandardCharsets.ISO_8859_1));
		for (byte[] chunk : chunks) {
			file.writeBytes(chunk);
		}
		return file.toByteArray();
	}

	static byte[] chunk(String name, byte[] data) {
		ByteArrayOutputStream chunk = new ByteArrayOutputStream();
		chunk.writeBytes(name.getBytes(StandardCharsets.ISO_8859_1));
		little(chunk, data.length, 4);
		chunk.writeBytes(data);
		if (data.length % 2 == 1) {
			chunk.write(0);
		}
		return chunk.toByteArray();
	}

	private static void little(ByteArrayOutputStream bytes, int value, int count) {
		for (int i = 0; i < count; i++) {
			bytes.write(value >> 8 * i);
		}
	}

	/**
	 * A file with a profile and a text of metadata added to it, in the order that the
	 * format wants.
	 */
	static byte[] with(byte[] file, int width, int height, Optional<byte[]> profile, Optional<byte[]> xmp) {
		ByteArrayOutputStream chunks = new ByteArrayOutputStream();
		int flags = (profile.isPresent() ? PROFILE : 0) | (xmp.isPresent() ? XMP : 0);
		int at = FIRST;
		while (at + 8 <= file.length) {
			String name = new String(file, at, 4, StandardCharsets.ISO_8859_1);
			int count = (file[at + 4] & 0xff) | (file[at + 5] & 0xff) << 8 | (file[at + 6] & 0xff) << 16
					| (file[at + 7] & 0xff) << 24;
			int end = Math.min(file.length, at + 8 + count + (count & 1));
			if (count < 0 || end <= at) {
				break;
			}
			if (name.equals("VP8X")) {
				flags |= file[at + 8] & 0xff;
			}
			else {
				flags |= (name.equals("VP8L") && (file[at + 12] & ALPHA) != 0) ? ALPHA : 0;
				boolean replaced = name.equals("ICCP") && profile.isPresent() || name.equals("XMP ") && xmp.isPresent();
				if (!replaced) {
					chunks.write(file, at, end - at);
				}
			}
			at = end;
		}
		byte[] head = { (byte) flags, 0, 0, 0, (byte) (width - 1), (byte) (width - 1 >> 8), (byte) (width - 1 >> 16),
				(byte) (height - 1), (byte) (height - 1 >> 8), (byte) (height - 1 >> 16) };
		return of(chunk("VP8X", head), profile.map(bytes -> chunk("ICCP", bytes)).orElse(new byte[0]),
				chunks.toByteArray(), xmp.map(bytes -> chunk("XMP ", bytes)).orElse(new byte[0]));
	}

}
