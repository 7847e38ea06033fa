package dev.heliostat.media;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;

/**
 * Brings whatever a decoder gives into 8 bits of red, green, blue and alpha. Numbers are
 * taken as they stand, because the profile that says what they mean goes with them.
 */
final class Pixels {

	private Pixels() {
	}

	static BufferedImage of(BufferedImage image) {
		boolean plain = image.getColorModel() instanceof IndexColorModel
				|| image.getType() == BufferedImage.TYPE_INT_ARGB || image.getType() == BufferedImage.TYPE_INT_RGB;
		if (image.getType() == BufferedImage.TYPE_INT_ARGB) {
			return image;
		}
		int width = image.getWidth();
		BufferedImage pixels = new BufferedImage(width, image.getHeight(), BufferedImage.TYPE_INT_ARGB);
		Raster raster = image.getRaster();
		int bands = raster.getNumBands();
		int shift = (raster.getTransferType() == DataBuffer.TYPE_USHORT) ? 8 : 0;
		int[] samples = new int[width * bands];
		int[] row = new int[width];
		for (int y = 0; y < image.getHeight(); y++) {
			if (plain) {
				image.getRGB(0, y, width, 1, row, 0, width);
			}
			else {
				raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
				for (int x = 0; x < width; x++) {
					row[x] = argb(samples, x * bands, bands, shift);
				}
			}
			pixels.getRaster().setDataElements(0, y, width, 1, row);
		}
		return pixels;
	}

	private static int argb(int[] samples, int at, int bands, int shift) {
		int red = samples[at] >> shift;
		boolean gray = bands < 3;
		int green = gray ? red : samples[at + 1] >> shift;
		int blue = gray ? red : samples[at + 2] >> shift;
		int alpha = (bands % 2 == 0) ? samples[at + bands - 1] >> shift : 0xff;
		return alpha << 24 | red << 16 | green << 8 | blue;
	}

	/**
	 * Of the four inks of a print, which are stored as what is left white.
	 * @param raster cyan, magenta, yellow and black, or luminance, two colours and black
	 * @param luminance whether it is the latter
	 */
	static BufferedImage ofInks(Raster raster, boolean luminance, boolean inverted, Optional<byte[]> profile) {
		int width = raster.getWidth();
		WritableRaster inks = raster.createCompatibleWritableRaster(width, raster.getHeight());
		BufferedImage pixels = new BufferedImage(width, raster.getHeight(), BufferedImage.TYPE_INT_ARGB);
		int[] samples = new int[width * 4];
		int[] row = new int[width];
		for (int y = 0; y < raster.getHeight(); y++) {
			raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
			for (int x = 0; x < width; x++) {
				int at = 4 * x;
				if (luminance) {
					toInks(samples, at);
				}
				for (int i = at; inverted && i < at + 4; i++) {
					samples[i] = 255 - samples[i];
				}
				int white = 255 - samples[at + 3];
				row[x] = 0xff000000 | (255 - samples[at]) * white / 255 << 16
						| (255 - samples[at + 1]) * white / 255 << 8 | (255 - samples[at + 2]) * white / 255;
			}
			inks.setPixels(0, y, width, 1, samples);
			pixels.getRaster().setDataElements(0, y, width, 1, row);
		}
		return profile.map(bytes -> byProfile(inks, bytes)).orElse(pixels);
	}

	private static BufferedImage byProfile(Raster inks, byte[] profile) {
		ColorSpace space = new ICC_ColorSpace(ICC_Profile.getInstance(profile));
		BufferedImage screen = new BufferedImage(inks.getWidth(), inks.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
		new ColorConvertOp(space, ColorSpace.getInstance(ColorSpace.CS_sRGB), null).filter(inks, screen.getRaster());
		return of(screen);
	}

	/** The colours of a picture with a profile as those of one without. */
	static BufferedImage converted(BufferedImage image, byte[] profile) {
		ColorSpace space = new ICC_ColorSpace(ICC_Profile.getInstance(profile));
		ColorSpace usual = ColorSpace.getInstance(ColorSpace.CS_sRGB);
		int[] bands = { 0, 1, 2 };
		WritableRaster colours = image.getRaster()
			.createWritableChild(0, 0, image.getWidth(), image.getHeight(), 0, 0, bands);
		new ColorConvertOp(space, usual, null).filter(colours, colours);
		return image;
	}

	private static void toInks(int[] samples, int at) {
		int luminance = samples[at];
		double blue = samples[at + 1] - 128;
		double red = samples[at + 2] - 128;
		samples[at] = 255 - clamped(luminance + 1.402 * red);
		samples[at + 1] = 255 - clamped(luminance - 0.344136 * blue - 0.714136 * red);
		samples[at + 2] = 255 - clamped(luminance + 1.772 * blue);
	}

	private static int clamped(double value) {
		return (int) Math.clamp(Math.round(value), 0, 255);
	}

}
