package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import dev.heliostat.media.PictureHeader.Part;

/**
 * Reads the chunks of a PNG. Its decoder gets only those that make pixels: others may be
 * broken, or inflate to gigabytes.
 */
final class PngHeader {

	private static final int SIGNATURE = 8;

	private static final int FRAME = 12;

	private PngHeader() {
	}

	static PictureHeader read(ContentWindow file) {
		List<Part> parts = new ArrayList<>(List.of(new Part(0, SIGNATURE)));
		Optional<byte[]> profile = Optional.empty();
		int orientation = 1;
		boolean marked = false;
		boolean animated = false;
		int colours = file.byteAt(SIGNATURE + 17);
		boolean transparency = colours == 4 || colours == 6;
		long at = SIGNATURE;
		String name = "";
		while (at + FRAME <= file.length() && !name.equals("IEND")) {
			long count = file.big(at, 4);
			long data = at + 8;
			name = file.text(at + 4, 4);
			switch (name) {
				case "IHDR", "PLTE", "IDAT", "IEND" -> keep(parts, at, count + FRAME);
				case "tRNS" -> {
					transparency = true;
					keep(parts, at, count + FRAME);
				}
				case "iCCP" -> profile = profile(file, data, count);
				case "eXIf" -> orientation = PictureHeader.orientation(file, data, count);
				case "acTL" -> animated = true;
				case "caBX" -> marked = true;
				case "iTXt" ->
					marked |= Marking.isIn(file.text(data, (int) Math.min(count, PictureHeader.LARGEST_TEXT)));
				default -> {
					// Not needed for pixels.
				}
			}
			at += count + FRAME;
		}
		return new PictureHeader(profile, orientation, marked, transparency, animated, parts);
	}

	private static void keep(List<Part> parts, long from, long count) {
		Part last = parts.getLast();
		if (last.from() + last.count() == from) {
			parts.set(parts.size() - 1, new Part(last.from(), last.count() + count));
		}
		else {
			parts.add(new Part(from, count));
		}
	}

	private static Optional<byte[]> profile(ContentWindow file, long at, long count) {
		if (count > PictureHeader.LARGEST_PROFILE) {
			return Optional.empty();
		}
		byte[] chunk = file.bytes(at, (int) count);
		int end = 0;
		while (end < chunk.length && chunk[end] != 0) {
			end++;
		}
		return (end + 2 < chunk.length) ? inflated(chunk, end + 2).flatMap(PictureHeader::usable) : Optional.empty();
	}

	private static Optional<byte[]> inflated(byte[] bytes, int from) {
		try (Inflater inflater = new Inflater()) {
			inflater.setInput(bytes, from, bytes.length - from);
			ByteArrayOutputStream inflated = new ByteArrayOutputStream();
			byte[] piece = new byte[8192];
			while (!inflater.finished() && inflated.size() <= PictureHeader.LARGEST_PROFILE) {
				int count = inflater.inflate(piece);
				if (count == 0) {
					return Optional.empty();
				}
				inflated.write(piece, 0, count);
			}
			return Optional.of(inflated.toByteArray());
		}
		catch (DataFormatException ex) {
			return Optional.empty();
		}
	}

}
