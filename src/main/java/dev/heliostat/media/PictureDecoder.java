package dev.heliostat.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.w3c.dom.Node;
import reactor.core.publisher.Flux;

/**
 * Decodes one picture on a thread that may wait. What the decoder finds has to have the
 * dimensions that were found in the header, because memory was taken for those.
 */
final class PictureDecoder {

	private static final String GIF_FRAME = "javax_imageio_gif_image_1.0";

	private final ImageContent content;

	private final ImageType type;

	private final ImageSize size;

	private final PictureHeader header;

	PictureDecoder(ImageContent content, ImageType type, ImageSize size, PictureHeader header) {
		this.content = content;
		this.type = type;
		this.size = size;
		this.header = header;
	}

	/**
	 * A decoded picture.
	 *
	 * @param image its pixels, upright
	 * @param firstOfMany whether it is the first frame of an animation
	 */
	record Decoded(BufferedImage image, boolean firstOfMany) {
	}

	Decoded decode() throws IOException {
		return switch (this.type) {
			case PNG -> new Decoded(upright(whole()), this.header.animated());
			case JPEG -> new Decoded(upright(jpeg()), false);
			case WEBP -> this.header.animated() ? new Decoded(upright(firstFrame()), true)
					: new Decoded(upright(whole()), false);
			case GIF -> gif();
			case AVIF -> throw new IllegalArgumentException("AVIF is decoded by libvips");
		};
	}

	private BufferedImage upright(BufferedImage image) {
		return Canvas.upright(image, this.header.orientation());
	}

	private BufferedImage whole() throws IOException {
		return read(stream(), (reader, parameters) -> Pixels.of(reader.read(0, parameters)));
	}

	private BufferedImage jpeg() throws IOException {
		int inks = JpegHeader.components(new ContentWindow(this.content));
		if (inks < 4) {
			return whole();
		}
		int transform = JpegHeader.transform(new ContentWindow(this.content));
		return read(stream(), (reader, parameters) -> Pixels.ofInks(reader.readRaster(0, parameters), transform == 2,
				transform >= 0, this.header.profile()));
	}

	private BufferedImage firstFrame() throws IOException {
		WebpHeader.Frame frame = WebpHeader.firstFrame(new ContentWindow(this.content));
		try (InputStream stream = new ByteArrayInputStream(frame.file())) {
			ImageReader reader = PictureCodecs.reader(this.type);
			try {
				reader.setInput(new MemoryCacheImageInputStream(stream));
				checkWithin(reader.getWidth(0), reader.getHeight(0));
				return Canvas.placed(Pixels.of(reader.read(0, reader.getDefaultReadParam())), this.size, frame.x(),
						frame.y());
			}
			finally {
				reader.dispose();
			}
		}
	}

	private Decoded gif() throws IOException {
		ImageReader reader = PictureCodecs.reader(this.type);
		try (InputStream stream = stream()) {
			reader.setInput(new MemoryCacheImageInputStream(stream));
			checkWithin(reader.getWidth(0), reader.getHeight(0));
			BufferedImage frame = Pixels.of(reader.read(0));
			Node place = reader.getImageMetadata(0).getAsTree(GIF_FRAME).getFirstChild();
			BufferedImage image = Canvas.placed(frame, this.size, number(place, "imageLeftPosition"),
					number(place, "imageTopPosition"));
			return new Decoded(image, hasSecond(reader));
		}
		finally {
			reader.dispose();
		}
	}

	private static boolean hasSecond(ImageReader reader) {
		try {
			return reader.getWidth(1) > 0;
		}
		catch (IOException | IndexOutOfBoundsException ex) {
			return false;
		}
	}

	private static int number(Node node, String attribute) {
		return Integer.parseInt(node.getAttributes().getNamedItem(attribute).getNodeValue());
	}

	private void checkWithin(int width, int height) {
		if (width > this.size.width() || height > this.size.height()) {
			throw new NoPictureException("a frame of " + width + "x" + height + " in a picture of " + this.size);
		}
	}

	/** What is read of a picture. */
	private interface Reading {

		BufferedImage from(ImageReader reader, ImageReadParam parameters) throws IOException;

	}

	private BufferedImage read(InputStream bytes, Reading reading) throws IOException {
		ImageReader reader = PictureCodecs.reader(this.type);
		try (bytes) {
			reader.setInput(new MemoryCacheImageInputStream(bytes), true, true);
			if (reader.getWidth(0) != this.size.width() || reader.getHeight(0) != this.size.height()) {
				throw new NoPictureException(
						"the picture is " + reader.getWidth(0) + "x" + reader.getHeight(0) + " and not " + this.size);
			}
			return reading.from(reader, reader.getDefaultReadParam());
		}
		finally {
			reader.dispose();
		}
	}

	private InputStream stream() {
		return DataBufferUtils.subscriberInputStream(Flux.fromIterable(this.header.parts())
			.concatMap(part -> this.content.read(part.from(), part.count()), 1), 4);
	}

}
