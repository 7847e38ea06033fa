package dev.heliostat.provider.sandbox;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.heliostat.image.ImageSize;

/**
 * A picture that shows what was asked for. The same request gives the same pixels.
 *
 * @param model the model's slug
 * @param prompt the prompt without directives
 * @param size the dimensions
 * @param seed what sets pictures of one prompt apart
 * @param named whether it says of which model it is
 */
record SandboxPicture(String model, String prompt, ImageSize size, long seed, boolean named) {

	BufferedImage draw() {
		int width = this.size.width();
		int height = this.size.height();
		BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
		Graphics2D graphics = image.createGraphics();
		try {
			Random random = new Random(31L * this.prompt.hashCode() + 17L * this.model.hashCode() + this.seed);
			float hue = random.nextFloat();
			graphics.setPaint(new GradientPaint(0, 0, Color.getHSBColor(hue, 0.55f, 0.75f), width, height,
					Color.getHSBColor(hue + 0.15f, 0.7f, 0.35f)));
			graphics.fillRect(0, 0, width, height);
			for (int i = 0; i < 6; i++) {
				graphics.setColor(new Color(255, 255, 255, 18 + random.nextInt(22)));
				int radius = Math.max(2, Math.min(width, height) / (3 + random.nextInt(5)));
				graphics.fillOval(random.nextInt(width) - radius / 2, random.nextInt(height) - radius / 2, radius,
						radius);
			}
			write(graphics, width, height);
		}
		finally {
			graphics.dispose();
		}
		return image;
	}

	/**
	 * The same picture without its details.
	 * @param coarseness about how many pixels are one
	 */
	BufferedImage look(int coarseness) {
		int width = this.size.width();
		int height = this.size.height();
		BufferedImage small = scaled(draw(), Math.max(1, width / coarseness), Math.max(1, height / coarseness));
		return scaled(small, width, height);
	}

	private static BufferedImage scaled(BufferedImage image, int width, int height) {
		BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
		Graphics2D graphics = scaled.createGraphics();
		try {
			graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
			graphics.drawImage(image, 0, 0, width, height, null);
		}
		finally {
			graphics.dispose();
		}
		return scaled;
	}

	private void write(Graphics2D graphics, int width, int height) {
		int dot = Math.max(1, Math.min(width, height) / 220);
		int margin = 8 * dot;
		int columns = Math.max(1, (width - 2 * margin) / (PixelFont.ADVANCE * dot));
		int rows = Math.max(1, (height - 2 * margin) / (PixelFont.LINE * dot) - 4);
		List<String> lines = new ArrayList<>(List.of("SANDBOX", ""));
		lines.addAll(wrap(this.prompt, columns, rows));
		lines.add("");
		if (this.named) {
			lines.add(this.model);
		}
		lines.add(this.size.toString());
		int y = margin;
		for (String line : lines) {
			String shown = (line.length() <= columns) ? line : line.substring(0, columns);
			graphics.setColor(new Color(0, 0, 0, 110));
			PixelFont.draw(graphics, shown, margin + dot, y + dot, dot);
			graphics.setColor(Color.WHITE);
			PixelFont.draw(graphics, shown, margin, y, dot);
			y += PixelFont.LINE * dot;
		}
	}

	private static List<String> wrap(String text, int columns, int rows) {
		List<String> lines = new ArrayList<>();
		StringBuilder line = new StringBuilder();
		for (String word : text.split("\\s+")) {
			if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
				lines.add(line.toString());
				line.setLength(0);
			}
			line.append(line.isEmpty() ? "" : " ").append(word);
		}
		lines.add(line.toString());
		return (lines.size() <= rows) ? lines : lines.subList(0, rows);
	}

}
