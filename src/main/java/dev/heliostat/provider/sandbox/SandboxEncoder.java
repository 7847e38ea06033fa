package dev.heliostat.provider.sandbox;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import dev.heliostat.image.ImageType;

/**
 * Encodes pictures in the formats that the sandbox has.
 */
final class SandboxEncoder {

	private SandboxEncoder() {
	}

	/** Whether the sandbox can make a format. */
	static boolean knows(ImageType type) {
		return type != ImageType.AVIF;
	}

	/**
	 * Encodes.
	 * @param compression quality from 0 to 100, for JPEG and WebP
	 */
	static byte[] encode(BufferedImage image, ImageType type, int compression) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * 1024);
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
			ImageWriter writer = (type == ImageType.WEBP) ? new WebPImageWriterSpi().createWriterInstance()
					: ImageIO.getImageWritersByMIMEType(type.mime()).next();
			try {
				writer.setOutput(stream);
				writer.write(null, new IIOImage(image, null, null), parameters(writer, type, compression));
			}
			finally {
				writer.dispose();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static ImageWriteParam parameters(ImageWriter writer, ImageType type, int compression) {
		ImageWriteParam parameters = writer.getDefaultWriteParam();
		if (type == ImageType.JPEG || type == ImageType.WEBP) {
			parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
			if (parameters instanceof WebPWriteParam webp) {
				parameters.setCompressionType(webp.getCompressionTypes()[WebPWriteParam.LOSSY_COMPRESSION]);
			}
			parameters.setCompressionQuality(Math.clamp(compression, 1, 100) / 100f);
		}
		return parameters;
	}

}
