package dev.heliostat.provider;

import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.ParameterRule.Geometry;
import dev.heliostat.image.ImageSize;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds the dimensions nearest to those wanted that an offering makes.
 */
final class Fitting {

	private Fitting() {
	}

	/** The nearest of the rule's listed values, or what its limits allow. */
	static ImageSize fit(ImageSize wanted, ParameterRule rule) {
		ImageSize listed = listed(wanted, rule);
		return (listed != null) ? listed : within(wanted, rule);
	}

	/** Nearest in proportions, and of those nearest in area. */
	private static @Nullable ImageSize listed(ImageSize wanted, ParameterRule rule) {
		ImageSize nearest = null;
		double nearestRatio = 0;
		for (JsonNode value : rule.values()) {
			ImageSize size = ImageSize.parse(value.asString().replace(rule.geometry().separator(), "x")).orElse(null);
			if (size == null) {
				continue;
			}
			double ratio = distance(size.ratio(), wanted.ratio());
			if (nearest == null || ratio < nearestRatio || (ratio == nearestRatio
					&& distance(size.pixels(), wanted.pixels()) < distance(nearest.pixels(), wanted.pixels()))) {
				nearest = size;
				nearestRatio = ratio;
			}
		}
		return nearest;
	}

	/** Bounds the ratio, then the area, then the sides, then rounds to the multiple. */
	private static ImageSize within(ImageSize wanted, ParameterRule rule) {
		Geometry geometry = rule.geometry();
		double ratio = wanted.ratio();
		if (geometry.maximumRatio() > 0) {
			ratio = Math.clamp(ratio, 1 / geometry.maximumRatio(), geometry.maximumRatio());
		}
		double area = wanted.pixels();
		if (area < geometry.minimumPixels()) {
			// Rounding to the multiple must not fall below the smallest area again.
			area = geometry.minimumPixels() * 1.03;
		}
		boolean shrunk = geometry.maximumPixels() > 0 && area > geometry.maximumPixels();
		area = shrunk ? geometry.maximumPixels() : area;
		double width = (ratio == wanted.ratio() && area == wanted.pixels()) ? wanted.width() : Math.sqrt(area * ratio);
		double height = (ratio == wanted.ratio() && area == wanted.pixels()) ? wanted.height() : width / ratio;
		double minimum = rule.minimum().map(Number::doubleValue).orElse(1.0);
		double maximum = rule.maximum().map(Number::doubleValue).orElse((double) Shape.LONGEST_SIDE);
		double shrink = Math.min(1, maximum / Math.max(width, height));
		double grow = Math.max(1, minimum / Math.min(width, height) / shrink);
		int multiple = geometry.multiple();
		return new ImageSize(side(width * shrink * grow, minimum, maximum, multiple, shrunk),
				side(height * shrink * grow, minimum, maximum, multiple, shrunk));
	}

	private static int side(double length, double minimum, double maximum, int multiple, boolean down) {
		long rounded = (down ? (long) Math.floor(length / multiple) : Math.round(length / multiple)) * multiple;
		long lowest = (long) Math.ceil(minimum / multiple) * multiple;
		long highest = (long) Math.floor(maximum / multiple) * multiple;
		return (int) Math.clamp(rounded, Math.max(multiple, lowest), highest);
	}

	/** How far two quantities are apart, as proportions go. */
	static double distance(double a, double b) {
		return Math.abs(Math.log(a / b));
	}

}
