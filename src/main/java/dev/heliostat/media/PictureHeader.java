package dev.heliostat.media;

import java.util.List;
import java.util.Optional;

import dev.heliostat.image.ImageType;

/**
 * What stands in a picture's file beside its pixels, as far as a conversion needs it.
 *
 * @param profile the ICC profile of its colours, where they are RGB or CMYK ones
 * @param orientation how it is to be turned, as EXIF counts: 1 is upright
 * @param marked whether it says that it was made by a model
 * @param transparency whether it may have transparent parts
 * @param animated whether it has more than one frame
 * @param parts the parts of the file that hold pixels; everything else is left out before
 * a decoder sees it
 */
record PictureHeader(Optional<byte[]> profile, int orientation, boolean marked, boolean transparency, boolean animated,
		List<Part> parts) {

	/** The largest profile that is carried over; usual ones have 0.5 to 550 KB. */
	static final int LARGEST_PROFILE = 4 * 1024 * 1024;

	/** The largest text that is looked at for the mark. */
	static final int LARGEST_TEXT = 256 * 1024;

	PictureHeader {
		parts = List.copyOf(parts);
	}

	/**
	 * A range of the file.
	 *
	 * @param from its first byte
	 * @param count how many bytes
	 */
	record Part(long from, long count) {
	}

	/** Reads the header of a picture; unknown parts are ignored. */
	static PictureHeader read(ContentWindow file, ImageType type) {
		return switch (type) {
			case PNG -> PngHeader.read(file);
			case JPEG -> JpegHeader.read(file);
			case WEBP -> WebpHeader.read(file);
			case GIF -> new PictureHeader(Optional.empty(), 1, false, true, false, whole(file));
			case AVIF -> new PictureHeader(Optional.empty(), 1, false, true, false, whole(file));
		};
	}

	static List<Part> whole(ContentWindow file) {
		return List.of(new Part(0, file.length()));
	}

	/** A profile that can be used: of RGB or CMYK, and as long as it says. */
	static Optional<byte[]> usable(byte[] profile) {
		if (profile.length < 128 || profile.length > LARGEST_PROFILE) {
			return Optional.empty();
		}
		String space = new String(profile, 16, 4, java.nio.charset.StandardCharsets.ISO_8859_1);
		return (space.equals("RGB ") || space.equals("CMYK")) ? Optional.of(profile) : Optional.empty();
	}

	/** The orientation that an EXIF block names; 1 where it names none. */
	static int orientation(ContentWindow file, long at, long count) {
		boolean little = file.big(at, 2) == 0x4949;
		long directory = at + number(file, at + 4, 4, little);
		long entries = Math.min(number(file, directory, 2, little), 100);
		for (int i = 0; i < entries && directory + 14 + 12L * i <= at + count; i++) {
			long entry = directory + 2 + 12L * i;
			if (number(file, entry, 2, little) == 0x0112) {
				long value = number(file, entry + 8, 2, little);
				return (value >= 1 && value <= 8) ? (int) value : 1;
			}
		}
		return 1;
	}

	private static long number(ContentWindow file, long at, int count, boolean little) {
		return little ? file.little(at, count) : file.big(at, count);
	}

}
