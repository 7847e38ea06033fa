package dev.heliostat.console;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageSize;

/**
 * A size to choose: a ratio or dimensions, with the proportions of a drawing of it.
 *
 * @param value what is sent
 * @param label what is shown
 * @param width of the drawing, at most 24
 * @param height of the drawing, at most 24
 */
record Shape(String value, String label, int width, int height) {

	private static final int MOST = 11;

	private static final List<String> USUAL = List.of("1024x1024", "1280x720", "720x1280", "1216x832", "832x1216",
			"1536x640");

	/** The sizes that the offerings of models make; empty where none takes a size. */
	static List<Shape> of(List<Model> models, Capability capability) {
		Map<String, Shape> listed = new TreeMap<>();
		Map<String, Shape> fitting = new TreeMap<>();
		boolean any = false;
		for (Model model : models) {
			for (Offering offering : model.offerings()) {
				Mode mode = offering.modes().get(capability);
				ParameterRule rule = (mode != null && offering.status().inService()) ? mode.parameters().get("size")
						: null;
				if (rule != null && rule.kind() != ParameterRule.Kind.REJECT) {
					any = true;
					rule.values()
						.stream()
						.flatMap(value -> shape(value.asString()).stream())
						.forEach(shape -> listed.putIfAbsent(shape.value(), shape));
					fitting(rule).flatMap(value -> shape(value).stream())
						.forEach(shape -> fitting.putIfAbsent(shape.value(), shape));
				}
			}
		}
		if (!any) {
			return List.of();
		}
		Map<String, Shape> shapes = listed.isEmpty() ? fitting : listed;
		return Stream
			.concat(Stream.of(new Shape("", "Auto", 0, 0)),
					shapes.values()
						.stream()
						.sorted(Comparator.comparing(Shape::isDimensions)
							.thenComparing(shape -> Math.abs(Math.log((double) shape.width() / shape.height())))
							.thenComparing(Shape::height))
						.limit(MOST))
			.toList();
	}

	private static Stream<String> fitting(ParameterRule rule) {
		long most = rule.maximum().map(side -> side.longValue()).orElse(2048L);
		long least = rule.minimum().map(side -> side.longValue()).orElse(1L);
		return USUAL.stream().filter(text -> {
			ImageSize size = ImageSize.parse(text).orElseThrow();
			return Math.max(size.width(), size.height()) <= most && Math.min(size.width(), size.height()) >= least;
		});
	}

	private boolean isDimensions() {
		return this.value.contains("x");
	}

	private static Optional<Shape> shape(String value) {
		Optional<ImageSize> size = ImageSize.parse(value.replace('*', 'x').replace(':', 'x'));
		if (size.isEmpty()) {
			return Optional.empty();
		}
		double scale = 24.0 / Math.max(size.get().width(), size.get().height());
		String label = value.contains(":") ? value : size.get().width() + " × " + size.get().height();
		return Optional
			.of(new Shape(value.replace('*', 'x'), label, Math.max(4, (int) Math.round(size.get().width() * scale)),
					Math.max(4, (int) Math.round(size.get().height() * scale))));
	}

}
