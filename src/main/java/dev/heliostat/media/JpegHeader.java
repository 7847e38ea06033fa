package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.heliostat.media.PictureHeader.Part;

/**
 * Reads the segments of a JPEG before its pixels. Its decoder does not see the profile,
 * so that it leaves the colours as they are.
 */
final class JpegHeader {

	private static final String EXIF = "Exif\0\0";

	private static final String PROFILE = "ICC_PROFILE\0";

	private JpegHeader() {
	}

	static PictureHeader read(ContentWindow file) {
		List<Part> parts = new ArrayList<>(List.of(new Part(0, 2)));
		Map<Integer, byte[]> profile = new TreeMap<>();
		int orientation = 1;
		boolean marked = false;
		long at = 2;
		while (at + 4 <= file.length() && file.byteAt(at) == 0xff) {
			int marker = file.byteAt(at + 1);
			if (marker == 0xff) {
				at++;
				continue;
			}
			long count = 2 + file.big(at + 2, 2);
			if (marker == 0xda || count < 4) {
				break;
			}
			long data = at + 4;
			switch (marker) {
				case 0xe1 -> {
					if (file.text(data, EXIF.length()).equals(EXIF)) {
						orientation = PictureHeader.orientation(file, data + EXIF.length(), count - 10);
					}
					marked |= Marking.isIn(file.text(data, (int) count - 4));
				}
				case 0xe2 -> {
					if (file.text(data, PROFILE.length()).equals(PROFILE)) {
						int number = file.byteAt(data + PROFILE.length());
						int head = PROFILE.length() + 2;
						profile.put(number, file.bytes(data + head, (int) count - 4 - head));
					}
				}
				case 0xeb -> marked |= file.text(data, (int) count - 4).contains("c2pa");
				default -> {
					boolean application = marker > 0xe0 && marker <= 0xef && marker != 0xee;
					if (!application && marker != 0xfe) {
						parts.add(new Part(at, count));
					}
				}
			}
			at += count;
		}
		parts.add(new Part(at, file.length() - at));
		return new PictureHeader(joined(profile), orientation, marked, false, false, parts);
	}

	/** How many components a pixel has; 0 when that is not to be found. */
	static int components(ContentWindow file) {
		long frame = find(file, 0xc0, 0xcf);
		return (frame < 0) ? 0 : file.byteAt(frame + 9);
	}

	/** What Adobe's segment says of four components: 0 or 2; -1 where there is none. */
	static int transform(ContentWindow file) {
		long segment = find(file, 0xee, 0xee);
		return (segment >= 0 && file.text(segment + 4, 5).equals("Adobe")) ? file.byteAt(segment + 15) : -1;
	}

	/** The first segment with a marker in a range, tables aside. */
	private static long find(ContentWindow file, int lowest, int highest) {
		long at = 2;
		while (at + 4 <= file.length() && file.byteAt(at) == 0xff && file.byteAt(at + 1) != 0xda) {
			int marker = file.byteAt(at + 1);
			boolean tables = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
			if (marker >= lowest && marker <= highest && !tables) {
				return at;
			}
			at += (marker == 0xff) ? 1 : 2 + file.big(at + 2, 2);
		}
		return -1;
	}

	private static Optional<byte[]> joined(Map<Integer, byte[]> pieces) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		pieces.values().forEach(joined::writeBytes);
		return PictureHeader.usable(joined.toByteArray());
	}

}
