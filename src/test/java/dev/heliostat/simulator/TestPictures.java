package dev.heliostat.simulator;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import com.luciad.imageio.webp.WebPImageWriterSpi;

/**
 * Real pictures, made once for each size and format.
 */
public final class TestPictures {

	private static final ConcurrentHashMap<String, byte[]> MADE = new ConcurrentHashMap<>();

	private TestPictures() {
	}

	/** A whole picture in png, jpg, webp or gif. */
	public static byte[] picture(int width, int height, String format) {
		return MADE.computeIfAbsent(width + "x" + height + format, key -> encode(draw(width, height), format));
	}

	private static BufferedImage draw(int width, int height) {
		BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
		Graphics2D graphics = image.createGraphics();
		Random random = new Random(width * 31L + height);
		graphics.setColor(Color.ORANGE);
		graphics.fillRect(0, 0, width, height);
		for (int i = 0; i < 20; i++) {
			graphics.setColor(new Color(random.nextInt(0xffffff)));
			graphics.fillOval(random.nextInt(width), random.nextInt(height), width / 5 + 1, height / 5 + 1);
		}
		graphics.dispose();
		return image;
	}

	private static byte[] encode(BufferedImage image, String format) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
			ImageWriter writer = format.equals("webp") ? new WebPImageWriterSpi().createWriterInstance()
					: ImageIO.getImageWritersByFormatName(format.equals("jpg") ? "jpeg" : format).next();
			writer.setOutput(stream);
			writer.write(new IIOImage(image, null, null));
			writer.dispose();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/** A PNG of at least so many bytes: noise does not compress. */
	public static byte[] noise(int width, int height) {
		return MADE.computeIfAbsent("noise" + width + "x" + height, key -> {
			BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
			Random random = new Random(1);
			for (int y = 0; y < height; y++) {
				for (int x = 0; x < width; x++) {
					image.setRGB(x, y, random.nextInt());
				}
			}
			return encode(image, "png");
		});
	}

}
