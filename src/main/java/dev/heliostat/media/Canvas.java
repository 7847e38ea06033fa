package dev.heliostat.media;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.Output.Fit;

/**
 * Turns, scales, cuts and fills up pictures.
 */
final class Canvas {

	private static final int OPAQUE = 255;

	private Canvas() {
	}

	/** Puts a picture upright, as EXIF counts orientations. */
	static BufferedImage upright(BufferedImage image, int orientation) {
		if (orientation <= 1) {
			return image;
		}
		int width = image.getWidth();
		int height = image.getHeight();
		boolean swapped = orientation >= 5;
		AffineTransform turn = switch (orientation) {
			case 2 -> new AffineTransform(-1, 0, 0, 1, width, 0);
			case 3 -> new AffineTransform(-1, 0, 0, -1, width, height);
			case 4 -> new AffineTransform(1, 0, 0, -1, 0, height);
			case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
			case 6 -> new AffineTransform(0, 1, -1, 0, height, 0);
			case 7 -> new AffineTransform(0, -1, -1, 0, height, width);
			default -> new AffineTransform(0, -1, 1, 0, 0, width);
		};
		BufferedImage turned = blank(swapped ? height : width, swapped ? width : height);
		draw(turned, graphics -> graphics.drawImage(image, turn, null));
		return turned;
	}

	/**
	 * Brings a picture to a size.
	 * @param white whether what is filled up is white, else it is transparent
	 */
	static BufferedImage fit(BufferedImage image, ImageSize size, Fit fit, boolean white) {
		double byWidth = (double) size.width() / image.getWidth();
		double byHeight = (double) size.height() / image.getHeight();
		double scale = switch (fit) {
			case NEAREST -> 1;
			case EXACT_CROP -> Math.max(byWidth, byHeight);
			case EXACT_PAD -> Math.min(byWidth, byHeight);
		};
		BufferedImage smaller = halved(image, scale);
		int width = (int) Math.max(1, Math.round(image.getWidth() * scale));
		int height = (int) Math.max(1, Math.round(image.getHeight() * scale));
		BufferedImage fitted = blank(size.width(), size.height());
		draw(fitted, graphics -> {
			if (white) {
				graphics.setColor(Color.WHITE);
				graphics.fillRect(0, 0, size.width(), size.height());
			}
			graphics.drawImage(smaller, Math.floorDiv(size.width() - width, 2),
					Math.floorDiv(size.height() - height, 2), width, height, null);
		});
		return fitted;
	}

	/** Interpolation looks at few neighbours, so much is made small in steps. */
	private static BufferedImage halved(BufferedImage image, double scale) {
		BufferedImage smaller = image;
		double left = scale;
		while (left < 0.5 && smaller.getWidth() > 1 && smaller.getHeight() > 1) {
			BufferedImage source = smaller;
			BufferedImage half = blank(source.getWidth() / 2, source.getHeight() / 2);
			draw(half, graphics -> graphics.drawImage(source, 0, 0, half.getWidth(), half.getHeight(), null));
			smaller = half;
			left *= 2;
		}
		return smaller;
	}

	/** Puts a picture at a point of a transparent canvas. */
	static BufferedImage placed(BufferedImage image, ImageSize size, int x, int y) {
		if (x == 0 && y == 0 && image.getWidth() == size.width() && image.getHeight() == size.height()) {
			return image;
		}
		BufferedImage canvas = blank(size.width(), size.height());
		draw(canvas, graphics -> graphics.drawImage(image, x, y, null));
		return canvas;
	}

	/** Whether any part of a picture shows what is behind it. */
	static boolean isTransparent(BufferedImage image) {
		int[] row = new int[image.getWidth()];
		for (int y = 0; y < image.getHeight(); y++) {
			image.getRaster().getDataElements(0, y, row.length, 1, row);
			for (int pixel : row) {
				if (pixel >>> 24 != OPAQUE) {
					return true;
				}
			}
		}
		return false;
	}

	/** A picture without transparency, on white where it had some. */
	static BufferedImage onWhite(BufferedImage image) {
		BufferedImage opaque = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
		int[] row = new int[image.getWidth()];
		for (int y = 0; y < image.getHeight(); y++) {
			image.getRaster().getDataElements(0, y, row.length, 1, row);
			for (int x = 0; x < row.length; x++) {
				row[x] = onWhite(row[x]);
			}
			opaque.getRaster().setDataElements(0, y, row.length, 1, row);
		}
		return opaque;
	}

	private static int onWhite(int pixel) {
		int alpha = pixel >>> 24;
		int white = (OPAQUE - alpha) * OPAQUE;
		int red = ((pixel >> 16 & 0xff) * alpha + white) / OPAQUE;
		int green = ((pixel >> 8 & 0xff) * alpha + white) / OPAQUE;
		int blue = ((pixel & 0xff) * alpha + white) / OPAQUE;
		return red << 16 | green << 8 | blue;
	}

	/** GIF knows only seen and unseen. */
	static BufferedImage seenOrUnseen(BufferedImage image) {
		int[] row = new int[image.getWidth()];
		for (int y = 0; y < image.getHeight(); y++) {
			image.getRaster().getDataElements(0, y, row.length, 1, row);
			for (int x = 0; x < row.length; x++) {
				row[x] = (row[x] >>> 24 < OPAQUE / 2) ? 0 : 0xff000000 | onWhite(row[x]);
			}
			image.getRaster().setDataElements(0, y, row.length, 1, row);
		}
		return image;
	}

	private static BufferedImage blank(int width, int height) {
		return new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
	}

	private static void draw(BufferedImage image, java.util.function.Consumer<Graphics2D> painting) {
		Graphics2D graphics = image.createGraphics();
		try {
			graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
			graphics.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
			painting.accept(graphics);
		}
		finally {
			graphics.dispose();
		}
	}

}
