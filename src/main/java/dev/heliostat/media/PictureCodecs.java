package dev.heliostat.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ImageReaderWriterSpi;
import javax.imageio.spi.ImageWriterSpi;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import dev.heliostat.image.ImageType;

/**
 * The codecs that the gateway uses: the JDK's own for PNG, JPEG and GIF, and libwebp.
 * They are named here and nowhere looked up, so that no other jar can bring one in.
 */
public final class PictureCodecs {

	private PictureCodecs() {
	}

	/**
	 * Encodes a picture. AVIF is not among what can be encoded here.
	 * @param quality from 0 to 100, for JPEG and WebP
	 */
	public static byte[] encode(BufferedImage image, ImageType type, int quality) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * 1024);
		ImageWriter writer = switch (type) {
			case PNG, JPEG, GIF -> own(ImageWriterSpi.class, type).createWriterInstance();
			case WEBP -> new WebPImageWriterSpi().createWriterInstance();
			case AVIF -> throw new IllegalArgumentException("AVIF is encoded by libvips");
		};
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
			writer.setOutput(stream);
			writer.write(null, new IIOImage(image, null, null), parameters(writer, type, quality));
		}
		finally {
			writer.dispose();
		}
		return bytes.toByteArray();
	}

	private static ImageWriteParam parameters(ImageWriter writer, ImageType type, int quality) {
		ImageWriteParam parameters = writer.getDefaultWriteParam();
		if (type == ImageType.JPEG || type == ImageType.WEBP) {
			parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
			if (parameters instanceof WebPWriteParam webp) {
				parameters.setCompressionType(webp.getCompressionTypes()[WebPWriteParam.LOSSY_COMPRESSION]);
			}
			parameters.setCompressionQuality(Math.clamp(quality, 1, 100) / 100f);
		}
		return parameters;
	}

	static ImageReader reader(ImageType type) throws IOException {
		return switch (type) {
			case PNG, JPEG, GIF -> own(ImageReaderSpi.class, type).createReaderInstance();
			case WEBP -> new WebPImageReaderSpi().createReaderInstance();
			case AVIF -> throw new IllegalArgumentException("AVIF is decoded by libvips");
		};
	}

	/** The JDK hides the names of its codecs, but not that they are its own. */
	private static <T extends ImageReaderWriterSpi> T own(Class<T> kind, ImageType type) {
		Iterator<T> found = IIORegistry.getDefaultInstance()
			.getServiceProviders(kind,
					provider -> provider.getClass().getModule().equals(ImageIO.class.getModule())
							&& Arrays.asList(((ImageReaderWriterSpi) provider).getMIMETypes()).contains(type.mime()),
					false);
		return found.next();
	}

}
