package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;

/**
 * Writes a colour profile, and IPTC's mark of pictures that a model made, into encoded
 * pictures.
 */
final class Marking {

	private static final String SOURCE = "trainedAlgorithmicMedia";

	/** An XMP packet with IPTC's digital source type and nothing else. */
	static final byte[] PACKET = ("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
			+ "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
			+ "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\" "
			+ "Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/" + SOURCE
			+ "\"/></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>")
		.getBytes(StandardCharsets.UTF_8);

	private static final int PNG_HEAD = 33;

	private static final int SEGMENT = 65_519;

	private Marking() {
	}

	/** Whether metadata says that a model made the picture. */
	static boolean isIn(String metadata) {
		return metadata.contains(SOURCE) || metadata.contains("compositeWithTrainedAlgorithmicMedia");
	}

	/** A picture with what is to be added; AVIF gets it elsewhere. */
	static byte[] add(byte[] file, ImageType type, ImageSize size, Optional<byte[]> profile, boolean mark) {
		if (profile.isEmpty() && !mark) {
			return file;
		}
		Optional<byte[]> xmp = mark ? Optional.of(PACKET) : Optional.empty();
		return switch (type) {
			case PNG -> inserted(file, PNG_HEAD, png(profile, xmp));
			case JPEG -> inserted(file, behindJfif(file), jpeg(profile, xmp));
			case WEBP -> WebpFile.with(file, size.width(), size.height(), profile, xmp);
			case GIF -> mark ? gif(file) : file;
			case AVIF -> file;
		};
	}

	private static byte[] inserted(byte[] file, int at, byte[] part) {
		byte[] whole = Arrays.copyOf(file, file.length + part.length);
		System.arraycopy(part, 0, whole, at, part.length);
		System.arraycopy(file, at, whole, at + part.length, file.length - at);
		return whole;
	}

	private static byte[] png(Optional<byte[]> profile, Optional<byte[]> xmp) {
		ByteArrayOutputStream chunks = new ByteArrayOutputStream();
		profile.ifPresent(bytes -> chunk(chunks, "iCCP", "ICC\0\0", deflated(bytes)));
		xmp.ifPresent(bytes -> chunk(chunks, "iTXt", "XML:com.adobe.xmp\0\0\0\0\0", bytes));
		return chunks.toByteArray();
	}

	private static void chunk(ByteArrayOutputStream chunks, String name, String head, byte[] data) {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		body.writeBytes((name + head).getBytes(StandardCharsets.ISO_8859_1));
		body.writeBytes(data);
		CRC32 sum = new CRC32();
		sum.update(body.toByteArray());
		big(chunks, body.size() - 4, 4);
		chunks.writeBytes(body.toByteArray());
		big(chunks, sum.getValue(), 4);
	}

	private static byte[] deflated(byte[] bytes) {
		try (Deflater deflater = new Deflater()) {
			deflater.setInput(bytes);
			deflater.finish();
			ByteArrayOutputStream deflated = new ByteArrayOutputStream();
			byte[] piece = new byte[8192];
			while (!deflater.finished()) {
				deflated.write(piece, 0, deflater.deflate(piece));
			}
			return deflated.toByteArray();
		}
	}

	/** JFIF's own segment has to stay the first. */
	private static int behindJfif(byte[] file) {
		boolean jfif = file.length > 6 && (file[3] & 0xff) == 0xe0;
		return jfif ? 4 + ((file[4] & 0xff) << 8 | file[5] & 0xff) : 2;
	}

	private static byte[] jpeg(Optional<byte[]> profile, Optional<byte[]> xmp) {
		ByteArrayOutputStream segments = new ByteArrayOutputStream();
		xmp.ifPresent(bytes -> segment(segments, 0xe1, "http://ns.adobe.com/xap/1.0/\0", bytes));
		byte[] bytes = profile.orElse(new byte[0]);
		int count = Math.ceilDiv(bytes.length, SEGMENT);
		for (int i = 0; i < count; i++) {
			segment(segments, 0xe2, "ICC_PROFILE\0" + (char) (i + 1) + (char) count,
					Arrays.copyOfRange(bytes, i * SEGMENT, Math.min(bytes.length, (i + 1) * SEGMENT)));
		}
		return segments.toByteArray();
	}

	private static void segment(ByteArrayOutputStream segments, int marker, String head, byte[] data) {
		segments.write(0xff);
		segments.write(marker);
		big(segments, 2 + head.length() + data.length, 2);
		segments.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
		segments.writeBytes(data);
	}

	private static void big(ByteArrayOutputStream bytes, long value, int count) {
		for (int i = count - 1; i >= 0; i--) {
			bytes.write((int) (value >> 8 * i));
		}
	}

	/** An application block behind the global palette, with XMP's trailer. */
	private static byte[] gif(byte[] file) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		block.writeBytes("!\u00ff\u000bXMP DataXMP".getBytes(StandardCharsets.ISO_8859_1));
		block.writeBytes(PACKET);
		block.write(1);
		for (int i = 255; i >= 0; i--) {
			block.write(i);
		}
		block.write(0);
		int palette = ((file[10] & 0x80) != 0) ? 3 * (2 << (file[10] & 7)) : 0;
		byte[] marked = inserted(file, 13 + palette, block.toByteArray());
		marked[4] = '9';
		return marked;
	}

}
