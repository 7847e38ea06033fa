package dev.heliostat.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.Output;
import dev.heliostat.media.MediaProperties.AiMark;
import dev.heliostat.media.PictureDecoder.Decoded;
import dev.heliostat.media.Transcoder.Fitted;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;

/**
 * Converts single pictures on a thread that may wait: decode, turn, fit, encode. Of what
 * stands beside the pixels only the colour profile and the mark of models go along.
 */
final class Conversions {

	private static final int PIECE = 64 * 1024;

	private static final int USUAL_QUALITY = 90;

	private static final int USUAL_AVIF_QUALITY = 65;

	private final DiskSpool spool;

	private final Vips vips;

	private final AiMark aiMark;

	Conversions(DiskSpool spool, Vips vips, AiMark aiMark) {
		this.spool = spool;
		this.vips = vips;
		this.aiMark = aiMark;
	}

	/** Gives the same picture where nothing has to be done. */
	Fitted convert(GeneratedImage image, Output output) throws IOException {
		ImageType target = output.format().orElse(image.type());
		if (image.type() == ImageType.AVIF) {
			return isSame(image, output, target) ? same(image, output, false) : throughPng(image, output, target);
		}
		PictureHeader header = PictureHeader.read(new ContentWindow(image.content()), image.type());
		boolean flattened = output.opaque() && header.transparency();
		if (isSame(image, output, target) && !flattened) {
			return marked(image, output, header);
		}
		return encoded(image, header, output, target);
	}

	private static boolean isSame(GeneratedImage image, Output output, ImageType target) {
		return target == image.type() && output.exactSize().filter(size -> !size.equals(image.size())).isEmpty()
				&& !isCompressed(output, target);
	}

	private static boolean isCompressed(Output output, ImageType target) {
		return output.compression().isPresent() && switch (target) {
			case JPEG, WEBP, AVIF -> true;
			case PNG, GIF -> false;
		};
	}

	private static Fitted same(GeneratedImage image, Output output, boolean opaque) {
		return new Fitted(image, output.compression().isEmpty() ? List.of() : List.of("output_compression: a "
				+ image.type().parameterValue() + " picture has none, so nothing was compressed."), opaque);
	}

	/** The picture as it is, with the mark where every picture is to have it. */
	private Fitted marked(GeneratedImage image, Output output, PictureHeader header) throws IOException {
		if (this.aiMark != AiMark.ADD || header.marked()) {
			return same(image, output, !header.transparency());
		}
		byte[] file = new ContentWindow(image.content()).bytes(0, (int) image.content().length());
		byte[] marked = Marking.add(file, image.type(), image.size(), Optional.empty(), true);
		return same(new GeneratedImage(spooled(marked), image.type(), image.size(), image.revisedPrompt()), output,
				!header.transparency());
	}

	private Fitted throughPng(GeneratedImage image, Output output, ImageType target) throws IOException {
		if (!this.vips.isInstalled()) {
			throw new NoPictureException("AVIF is decoded by the program 'vips', which is not installed");
		}
		byte[] png = this.vips.toPng(DataBufferUtils.subscriberInputStream(Flux.from(image.content().read()), 4),
				16 * image.size().pixels() + PIECE);
		ImageContent content = spooled(png);
		try {
			ImageSniffer.Sniffed sniffed = ImageSniffer.sniff(Arrays.copyOf(png, Math.min(png.length, PIECE)),
					Arrays.copyOfRange(png, Math.max(0, png.length - ImageSniffer.TAIL), png.length), png.length);
			if (sniffed.size().pixels() > image.size().pixels()) {
				throw new NoPictureException("the picture is " + sniffed.size() + " and not " + image.size());
			}
			GeneratedImage decoded = new GeneratedImage(content, sniffed.type(), sniffed.size(), image.revisedPrompt());
			return encoded(decoded, PictureHeader.read(new ContentWindow(content), sniffed.type()), output, target);
		}
		finally {
			content.release();
		}
	}

	private Fitted encoded(GeneratedImage image, PictureHeader header, Output output, ImageType target)
			throws IOException {
		List<String> warnings = new ArrayList<>();
		Decoded decoded = new PictureDecoder(image.content(), image.type(), image.size(), header).decode();
		if (decoded.firstOfMany()) {
			warnings.add("output_format: the picture was animated, and only its first frame was converted.");
		}
		BufferedImage pixels = decoded.image();
		boolean white = target == ImageType.JPEG || output.opaque() || !header.transparency();
		Optional<ImageSize> exact = output.exactSize();
		ImageSize made = new ImageSize(pixels.getWidth(), pixels.getHeight());
		if (exact.isPresent() && !exact.get().equals(made)) {
			pixels = Canvas.fit(pixels, exact.get(), output.fit(), white);
			warnings
				.add("size: made as " + made + " and brought to " + exact.get() + " by " + output.fit().key() + ".");
		}
		boolean opaque = white || !Canvas.isTransparent(pixels);
		Optional<byte[]> profile = header.profile().filter(bytes -> bytes[16] == 'R');
		if (target == ImageType.GIF && profile.isPresent()) {
			pixels = Pixels.converted(pixels, profile.get());
			profile = Optional.empty();
		}
		ImageSize size = new ImageSize(pixels.getWidth(), pixels.getHeight());
		byte[] file = encode(opaque ? Canvas.onWhite(pixels) : pixels, size, output, target, profile, mark(header));
		return new Fitted(new GeneratedImage(spooled(file), target, size, image.revisedPrompt()), warnings, opaque);
	}

	private boolean mark(PictureHeader header) {
		return switch (this.aiMark) {
			case NONE -> false;
			case KEEP -> header.marked();
			case ADD -> true;
		};
	}

	private byte[] encode(BufferedImage pixels, ImageSize size, Output output, ImageType target,
			Optional<byte[]> profile, boolean mark) throws IOException {
		return switch (target) {
			case PNG, JPEG, WEBP ->
				Marking.add(PictureCodecs.encode(pixels, target, output.compression().orElse(USUAL_QUALITY)), target,
						size, profile, mark);
			case GIF -> Marking
				.add(PictureCodecs.encode(pixels.getColorModel().hasAlpha() ? Canvas.seenOrUnseen(pixels) : pixels,
						target, USUAL_QUALITY), target, size, profile, mark);
			case AVIF -> {
				byte[] png = Marking.add(PictureCodecs.encode(pixels, ImageType.PNG, USUAL_QUALITY), ImageType.PNG,
						size, profile, mark);
				byte[] avif = this.vips.toAvif(png, output.compression().orElse(USUAL_AVIF_QUALITY),
						png.length + PIECE + 4 * size.pixels());
				if (!ImageSniffer.sniff(avif, avif, avif.length).equals(new ImageSniffer.Sniffed(target, size))) {
					throw new IOException("vips made something else than an AVIF picture of " + size);
				}
				yield avif;
			}
		};
	}

	private ImageContent spooled(byte[] file) {
		SpooledContent content = this.spool.open();
		try {
			for (int at = 0; at < file.length; at += PIECE) {
				content.append(Arrays.copyOfRange(file, at, Math.min(file.length, at + PIECE))).block();
			}
			return content;
		}
		catch (RuntimeException ex) {
			content.release();
			throw ex;
		}
	}

}
