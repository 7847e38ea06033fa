package dev.heliostat.provider;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.ParameterRule.Conversion;
import dev.heliostat.image.ImageSize;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Puts a {@link Shape} into an offering's own fields: the nearest value that it takes, by
 * proportions first and by area second.
 */
final class ShapeMapping {

	private static final long ONE_K = 1024L * 1024;

	private final Offering offering;

	private final Shape shape;

	private final @Nullable ParameterRule rule;

	private final @Nullable ParameterRule tierRule;

	private final List<String> warnings = new ArrayList<>();

	private Optional<ImageSize> size = Optional.empty();

	ShapeMapping(Offering offering, Shape shape) {
		this.offering = offering;
		this.shape = shape;
		this.rule = converting(offering.parameters().get("size"));
		this.tierRule = converting(offering.parameters().get("resolution"));
	}

	private static @Nullable ParameterRule converting(@Nullable ParameterRule rule) {
		return (rule != null && rule.conversion().isPresent()) ? rule : null;
	}

	/** Whether a parameter is part of the shape and not to be passed on by itself. */
	static boolean governs(String parameter, Offering offering) {
		return switch (parameter) {
			case "size", "aspect_ratio" -> true;
			case "resolution" -> {
				ParameterRule rule = offering.parameters().get("resolution");
				yield rule == null || rule.conversion().isPresent();
			}
			default -> false;
		};
	}

	/** What the picture is expected to measure. */
	Optional<ImageSize> size() {
		return this.size;
	}

	List<String> warnings() {
		return this.warnings;
	}

	/** Sets the offering's fields, and what prices depend on. */
	void apply(ObjectNode parameters, Map<String, JsonNode> pricedBy) {
		tier(parameters, pricedBy);
		if (this.rule == null) {
			if (this.shape.ratio() > 0) {
				this.warnings.add("size: " + this.shape.ratioText() + " is not supported by " + this.offering.key()
						+ " and was left out.");
			}
			return;
		}
		if (this.shape.ratio() == 0) {
			byDefault(this.rule, parameters, pricedBy);
			return;
		}
		switch (this.rule.conversion().orElseThrow()) {
			case ASPECT_RATIO -> aspectRatio(this.rule, parameters);
			case WIDTH_HEIGHT -> widthHeight(this.rule, parameters);
			case SIZE -> size(this.rule, parameters);
			case TIER, MAP -> throw new IllegalStateException("size cannot be converted by "
					+ this.rule.conversion().orElseThrow().name().toLowerCase(Locale.ROOT));
		}
		this.size.ifPresent(exact -> {
			pricedBy.put("size", StringNode.valueOf(exact.toString()));
			warnOfDifference(exact);
		});
	}

	/**
	 * Nothing was asked for: nothing is sent, and the provider's default is what is
	 * priced.
	 */
	private void byDefault(ParameterRule rule, ObjectNode parameters, Map<String, JsonNode> pricedBy) {
		String value = rule.defaultValue().map(JsonNode::asString).orElse("");
		if (this.shape.auto() && Values.isListed(StringNode.valueOf("auto"), rule) && !rule.values().isEmpty()) {
			parameters.put(rule.field(), "auto");
			pricedBy.put("size", StringNode.valueOf("auto"));
			return;
		}
		double ratio = Shape.ratio(value);
		if (rule.conversion().orElseThrow() == Conversion.ASPECT_RATIO) {
			this.size = (ratio > 0) ? expected(rule, ratio) : Optional.empty();
			if (this.shape.tier().isPresent() && ratio > 0) {
				parameters.put(rule.field(), value);
			}
		}
		else if (rule.conversion().orElseThrow() == Conversion.WIDTH_HEIGHT) {
			Optional<ImageSize> wanted = this.shape.tier()
				.map(tier -> Shape.sized((ratio > 0) ? ratio : 1, Shape.tierPixels(tier)))
				.or(() -> ImageSize.parse(value));
			wanted.ifPresent(size -> exact(rule, size, parameters));
		}
		else {
			this.size = ImageSize.parse(value);
		}
		this.size.ifPresent(exact -> pricedBy.put("size", StringNode.valueOf(exact.toString())));
	}

	private void tier(ObjectNode parameters, Map<String, JsonNode> pricedBy) {
		if (this.tierRule == null || !this.shape.isGiven()) {
			return;
		}
		long wanted = this.shape.size()
			.map(ImageSize::pixels)
			.orElseGet(() -> Shape.tierPixels(this.shape.tier().orElse(null)));
		if (wanted == 0) {
			return;
		}
		JsonNode nearest = this.tierRule.values()
			.stream()
			.filter(tier -> Shape.tierPixels(tier.asString()) > 0)
			.min(Comparator.comparingDouble(tier -> distance(Shape.tierPixels(tier.asString()), wanted)))
			.orElseThrow();
		parameters.set(this.tierRule.field(), nearest);
		pricedBy.put("resolution", nearest);
		if (this.shape.tier().filter(tier -> !tier.equals(nearest.asString())).isPresent()) {
			this.warnings.add("resolution: " + this.shape.tier().get() + " was served as " + nearest.asString() + ".");
		}
	}

	private void aspectRatio(ParameterRule rule, ObjectNode parameters) {
		JsonNode nearest = rule.values()
			.stream()
			.filter(value -> Shape.ratio(value.asString()) > 0)
			.min(Comparator.comparingDouble(value -> distance(Shape.ratio(value.asString()), this.shape.ratio())))
			.orElse(StringNode.valueOf(this.shape.ratioText()));
		parameters.set(rule.field(), nearest);
		double ratio = Shape.ratio(nearest.asString());
		this.size = expected(rule, ratio);
		if (this.size.isEmpty() && distance(ratio, this.shape.ratio()) > 0.01) {
			this.warnings.add("size: " + this.shape.ratioText() + " was served as " + nearest.asString() + ".");
		}
	}

	/** What an aspect ratio comes to in pixels, where the offering's area is known. */
	private Optional<ImageSize> expected(ParameterRule rule, double ratio) {
		if (this.tierRule != null) {
			long wanted = this.shape.size()
				.map(ImageSize::pixels)
				.orElseGet(() -> Shape.tierPixels(this.shape.tier().orElse(null)));
			long tier = this.tierRule.values()
				.stream()
				.mapToLong(value -> Shape.tierPixels(value.asString()))
				.filter(pixels -> pixels > 0)
				.boxed()
				.min(Comparator.comparingDouble(pixels -> distance(pixels, (wanted > 0) ? wanted : ONE_K)))
				.orElse(ONE_K);
			return Optional.of(Shape.sized(ratio, tier));
		}
		return (rule.pixels() > 0) ? Optional.of(Shape.sized(ratio, rule.pixels())) : Optional.empty();
	}

	private void widthHeight(ParameterRule rule, ObjectNode parameters) {
		exact(rule, wanted(rule), parameters);
	}

	private void exact(ParameterRule rule, ImageSize wanted, ObjectNode parameters) {
		ImageSize fitted = fit(wanted, rule);
		parameters.put("width", fitted.width());
		parameters.put("height", fitted.height());
		this.size = Optional.of(fitted);
	}

	private void size(ParameterRule rule, ObjectNode parameters) {
		Optional<ImageSize> listed = rule.values()
			.stream()
			.flatMap(value -> ImageSize.parse(value.asString()).stream())
			.min(Comparator.<ImageSize>comparingDouble(value -> distance(value.ratio(), this.shape.ratio()))
				.thenComparingDouble(value -> distance(value.pixels(), wanted(rule).pixels())));
		ImageSize chosen = listed.orElseGet(() -> fit(wanted(rule), rule));
		parameters.put(rule.field(), chosen.toString());
		this.size = Optional.of(chosen);
	}

	/** The exact size, or the ratio at the tier, or at the offering's own area. */
	private ImageSize wanted(ParameterRule rule) {
		return this.shape.size().orElseGet(() -> {
			long tier = Shape.tierPixels(this.shape.tier().orElse(null));
			long area = (tier > 0) ? tier : (rule.pixels() > 0) ? rule.pixels() : ONE_K;
			return Shape.sized(this.shape.ratio(), area);
		});
	}

	/** Scales into the sides that are allowed, then rounds to the multiple. */
	private static ImageSize fit(ImageSize wanted, ParameterRule rule) {
		double minimum = rule.minimum().map(Number::doubleValue).orElse(1.0);
		double maximum = rule.maximum().map(Number::doubleValue).orElse((double) Shape.LONGEST_SIDE);
		double shrink = Math.min(1, maximum / Math.max(wanted.width(), wanted.height()));
		double grow = Math.max(1, minimum / Math.min(wanted.width(), wanted.height()) / shrink);
		double scale = shrink * grow;
		return new ImageSize(side(wanted.width() * scale, minimum, maximum, rule.multiple()),
				side(wanted.height() * scale, minimum, maximum, rule.multiple()));
	}

	private static int side(double length, double minimum, double maximum, int multiple) {
		long rounded = Math.round(length / multiple) * multiple;
		long lowest = (long) Math.ceil(minimum / multiple) * multiple;
		long highest = (long) Math.floor(maximum / multiple) * multiple;
		return (int) Math.clamp(rounded, Math.max(multiple, lowest), highest);
	}

	private void warnOfDifference(ImageSize served) {
		boolean exact = this.shape.size()
			.map(served::equals)
			.orElse(distance(served.ratio(), this.shape.ratio()) < 0.02);
		if (!exact) {
			this.warnings.add("size: " + this.shape.ratioText() + " was served as about " + served + ".");
		}
	}

	/** How far two quantities are apart, as proportions go. */
	private static double distance(double a, double b) {
		return Math.abs(Math.log(a / b));
	}

}
