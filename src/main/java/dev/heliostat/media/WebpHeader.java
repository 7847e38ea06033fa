package dev.heliostat.media;

import java.util.List;
import java.util.Optional;

import dev.heliostat.media.PictureHeader.Part;

/**
 * Reads the chunks of a WebP.
 */
final class WebpHeader {

	private static final int FIRST = 12;

	private static final int ALPHA = 0x10;

	private static final int ANIMATION = 0x02;

	private WebpHeader() {
	}

	static PictureHeader read(ContentWindow file) {
		Optional<byte[]> profile = Optional.empty();
		int orientation = 1;
		boolean marked = false;
		boolean transparency = false;
		boolean animated = false;
		long at = FIRST;
		while (at + 8 <= file.length()) {
			long count = file.little(at + 4, 4);
			long data = at + 8;
			switch (file.text(at, 4)) {
				case "VP8X" -> {
					transparency |= (file.byteAt(data) & ALPHA) != 0;
					animated = (file.byteAt(data) & ANIMATION) != 0;
				}
				case "VP8L" -> transparency |= (file.byteAt(data + 4) & ALPHA) != 0;
				case "ICCP" -> profile = (count <= PictureHeader.LARGEST_PROFILE)
						? PictureHeader.usable(file.bytes(data, (int) count)) : Optional.empty();
				case "EXIF" -> {
					boolean prefixed = file.text(data, 4).equals("Exif");
					orientation = PictureHeader.orientation(file, prefixed ? data + 6 : data, count);
				}
				case "XMP " ->
					marked |= Marking.isIn(file.text(data, (int) Math.min(count, PictureHeader.LARGEST_TEXT)));
				case "C2PA" -> marked = true;
				default -> {
					// Pixels, or not needed.
				}
			}
			at += 8 + count + (count & 1);
		}
		// A frame need not cover the canvas.
		return new PictureHeader(profile, orientation, marked, transparency || animated, animated,
				animated ? List.of() : List.of(new Part(0, file.length())));
	}

	/**
	 * The first frame of an animation.
	 *
	 * @param x where it stands on the canvas
	 * @param y where it stands on the canvas
	 * @param file the frame as a picture of its own
	 */
	record Frame(int x, int y, byte[] file) {
	}

	/** Takes the first frame out of an animation. */
	static Frame firstFrame(ContentWindow file) {
		long at = FIRST;
		while (at + 8 <= file.length()) {
			long count = file.little(at + 4, 4);
			if (file.text(at, 4).equals("ANMF")) {
				long data = at + 8;
				if (count <= 16 || data + 16 >= file.length()) {
					throw new NoPictureException("the animation's first frame is empty");
				}
				int width = (int) file.little(data + 6, 3);
				int height = (int) file.little(data + 9, 3);
				byte[] chunks = file.bytes(data + 16, (int) Math.min(count - 16, file.length() - data - 16));
				byte[] head = { ALPHA, 0, 0, 0, (byte) width, (byte) (width >> 8), (byte) (width >> 16), (byte) height,
						(byte) (height >> 8), (byte) (height >> 16) };
				boolean simple = !file.text(data + 16, 4).equals("ALPH");
				return new Frame(2 * (int) file.little(data, 3), 2 * (int) file.little(data + 3, 3),
						simple ? WebpFile.of(chunks) : WebpFile.of(WebpFile.chunk("VP8X", head), chunks));
			}
			at += 8 + count + (count & 1);
		}
		throw new NoPictureException("the animation has no frame");
	}

}
