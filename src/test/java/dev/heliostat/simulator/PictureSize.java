package dev.heliostat.simulator;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.imageio.ImageIO;

/**
 * The dimensions that a request asks for.
 *
 * @param width in pixels
 * @param height in pixels
 */
record PictureSize(int width, int height) {

	private static final Pattern PAIR = Pattern.compile("(\\d+)[x*:](\\d+)");

	private static final int MOST = 1536;

	/** The size that a text such as {@code 1024x768} or {@code 1024*768} names. */
	static PictureSize of(String text, PictureSize otherwise) {
		Matcher pair = PAIR.matcher(text);
		return pair.matches() ? new PictureSize(Integer.parseInt(pair.group(1)), Integer.parseInt(pair.group(2)))
				: otherwise;
	}

	/**
	 * A size of a ratio such as {@code 16:9}, of about as many pixels as a square of that
	 * side.
	 */
	static PictureSize ratio(String ratio, int side) {
		PictureSize parts = of(ratio, new PictureSize(1, 1));
		double value = (double) parts.width / parts.height;
		double width = side * Math.sqrt(value);
		double height = side / Math.sqrt(value);
		double shrink = Math.min(1, MOST / Math.max(width, height));
		return new PictureSize(sixteenth(width * shrink), sixteenth(height * shrink));
	}

	/**
	 * A size of a ratio in a tier such as {@code 2K}, which is cut down to stay quick.
	 */
	static PictureSize ratio(String ratio, String tier) {
		return ratio(ratio, switch (tier) {
			case "0.5K", "512" -> 512;
			case "2K", "4K" -> MOST;
			default -> 1024;
		});
	}

	private static int sixteenth(double length) {
		return Math.max(16, (int) Math.round(length / 16) * 16);
	}

	/** The picture, or a big one where the scenario says so. */
	byte[] picture(Scenario scenario, String format) {
		return ProviderSimulator.picture(scenario, this.width, this.height, format.equals("jpeg") ? "jpg" : format);
	}

	/** A black picture, as some providers send in the place of a moderated one. */
	byte[] black(String format) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			ImageIO.write(new BufferedImage(this.width, this.height, BufferedImage.TYPE_INT_RGB),
					format.equals("jpg") ? "jpeg" : format, bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

}
