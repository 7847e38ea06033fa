package dev.heliostat.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.ParameterRule.Conversion;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.Output.Fit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/**
 * Puts a {@link Shape} into an offering's own fields: the nearest value that it takes, by
 * proportions first and by area second.
 */
final class ShapeMapping {

	private static final long ONE_K = 1024L * 1024;

	private final String offering;

	private final Shape shape;

	private final Optional<ImageSize> sent;

	private final Fit fit;

	private final @Nullable ParameterRule rule;

	private final @Nullable ParameterRule tierRule;

	private final List<String> warnings = new ArrayList<>();

	private Optional<ImageSize> size = Optional.empty();

	/**
	 * Makes a mapping.
	 * @param sent the size of the picture to be edited, whose shape is kept where no
	 * other is asked for
	 * @param fit whether the gateway makes up for what the offering cannot
	 */
	ShapeMapping(String offering, Mode mode, Shape shape, Optional<ImageSize> sent, Fit fit) {
		this.fit = fit;
		this.sent = sent;
		this.offering = offering;
		this.shape = shape;
		this.rule = converting(mode.parameters().get("size"));
		this.tierRule = converting(mode.parameters().get("resolution"));
	}

	private static @Nullable ParameterRule converting(@Nullable ParameterRule rule) {
		return (rule != null && rule.conversion().isPresent()) ? rule : null;
	}

	/** Whether a parameter is part of the shape and not to be passed on by itself. */
	static boolean governs(String parameter, Mode mode) {
		return switch (parameter) {
			case "size", "aspect_ratio" -> true;
			case "resolution" -> {
				ParameterRule rule = mode.parameters().get("resolution");
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
	void apply(BiConsumer<String, JsonNode> set, Map<String, JsonNode> pricedBy) {
		tier(set, pricedBy);
		if (this.rule == null) {
			if (this.shape.ratio() > 0 && !isMadeExact()) {
				this.warnings.add("size: " + this.shape.ratioText() + " is not supported by " + this.offering
						+ " and was left out.");
			}
			return;
		}
		if (this.shape.ratio() == 0) {
			byDefault(this.rule, set, pricedBy);
			return;
		}
		switch (this.rule.conversion().orElseThrow()) {
			case ASPECT_RATIO -> aspectRatio(this.rule, set);
			case WIDTH_HEIGHT -> widthHeight(this.rule, set);
			case SIZE -> size(this.rule, set);
			case TIER, MAP, PROMPT_SUFFIX -> throw new IllegalStateException("size cannot be converted by "
					+ this.rule.conversion().orElseThrow().name().toLowerCase(Locale.ROOT));
		}
		if (this.size.isPresent()) {
			pricedBy.put("size", StringNode.valueOf(this.size.get().toString()));
			warnOfDifference(this.size.get());
		}
	}

	/**
	 * Nothing was asked for: nothing is sent, and the provider's default is what is
	 * priced.
	 */
	private void byDefault(ParameterRule rule, BiConsumer<String, JsonNode> set, Map<String, JsonNode> pricedBy) {
		String value = rule.defaultValue().map(JsonNode::asString).orElse("");
		if (this.shape.auto() && Values.isListed(StringNode.valueOf("auto"), rule) && !rule.values().isEmpty()) {
			set.accept(rule.field(), StringNode.valueOf("auto"));
			pricedBy.put("size", StringNode.valueOf("auto"));
			return;
		}
		double ratio = Shape.ratio(value);
		if (rule.conversion().orElseThrow() == Conversion.ASPECT_RATIO) {
			this.size = (ratio > 0) ? expected(rule, ratio) : Optional.empty();
			if (this.shape.tier().isPresent() && ratio > 0) {
				set.accept(rule.field(), StringNode.valueOf(value));
			}
		}
		else if (rule.conversion().orElseThrow() == Conversion.WIDTH_HEIGHT) {
			double known = this.sent.map(ImageSize::ratio).orElse((ratio > 0) ? ratio : 1);
			Optional<ImageSize> wanted = this.shape.tier()
				.map(tier -> Shape.sized(known, Shape.tierPixels(tier)))
				.or(() -> this.sent)
				.or(() -> ImageSize.parse(value));
			wanted.ifPresent(size -> exact(rule, size, set));
		}
		else if (this.shape.tier().isPresent()) {
			long area = Shape.tierPixels(this.shape.tier().get());
			ImageSize chosen = Fitting.fit(Shape.sized((ratio > 0) ? ratio : 1, area), rule);
			set.accept(rule.field(), text(chosen, rule));
			this.size = Optional.of(chosen);
		}
		else {
			this.size = ImageSize.parse(value.replace(rule.geometry().separator(), "x"));
		}
		this.size.ifPresent(exact -> pricedBy.put("size", StringNode.valueOf(exact.toString())));
	}

	private void tier(BiConsumer<String, JsonNode> set, Map<String, JsonNode> pricedBy) {
		if (this.tierRule == null || !this.shape.isGiven()) {
			return;
		}
		long wanted = this.shape.size()
			.map(ImageSize::pixels)
			.orElseGet(() -> Shape.tierPixels(this.shape.tier().orElse(null)));
		if (wanted == 0) {
			return;
		}
		JsonNode nearest = nearest(this.tierRule, Shape::tierPixels, wanted);
		if (nearest == null) {
			throw new IllegalStateException(this.offering + ": resolution has no tiers");
		}
		set.accept(this.tierRule.field(), nearest);
		pricedBy.put("resolution", nearest);
		if (this.shape.tier().filter(tier -> !tier.equals(nearest.asString())).isPresent()) {
			this.warnings.add("resolution: " + this.shape.tier().get() + " was served as " + nearest.asString() + ".");
		}
	}

	private void aspectRatio(ParameterRule rule, BiConsumer<String, JsonNode> set) {
		JsonNode listed = nearest(rule, Shape::ratio, this.shape.ratio());
		JsonNode nearest = (listed != null) ? listed : StringNode.valueOf(this.shape.ratioText());
		set.accept(rule.field(), nearest);
		double ratio = Shape.ratio(nearest.asString());
		this.size = expected(rule, ratio);
		if (this.size.isEmpty() && Fitting.distance(ratio, this.shape.ratio()) > 0.01) {
			this.warnings.add("size: " + this.shape.ratioText() + " was served as " + nearest.asString() + ".");
		}
	}

	/** The listed value nearest to a quantity; none where no value is one. */
	private static @Nullable JsonNode nearest(ParameterRule rule, ToDoubleFunction<String> quantity, double wanted) {
		JsonNode nearest = null;
		double least = 0;
		for (JsonNode value : rule.values()) {
			double known = quantity.applyAsDouble(value.asString());
			double distance = (known > 0) ? Fitting.distance(known, wanted) : 0;
			if (known > 0 && (nearest == null || distance < least)) {
				nearest = value;
				least = distance;
			}
		}
		return nearest;
	}

	/** What an aspect ratio comes to in pixels, where the offering's area is known. */
	private Optional<ImageSize> expected(ParameterRule rule, double ratio) {
		if (this.tierRule != null) {
			long wanted = this.shape.size()
				.map(ImageSize::pixels)
				.orElseGet(() -> Shape.tierPixels(this.shape.tier().orElse(null)));
			JsonNode tier = nearest(this.tierRule, Shape::tierPixels, (wanted > 0) ? wanted : ONE_K);
			return Optional.of(Shape.sized(ratio, (tier != null) ? Shape.tierPixels(tier.asString()) : ONE_K));
		}
		return (rule.geometry().pixels() > 0) ? Optional.of(Shape.sized(ratio, rule.geometry().pixels()))
				: Optional.empty();
	}

	private void widthHeight(ParameterRule rule, BiConsumer<String, JsonNode> set) {
		exact(rule, wanted(rule), set);
	}

	private void exact(ParameterRule rule, ImageSize wanted, BiConsumer<String, JsonNode> set) {
		ImageSize fitted = Fitting.fit(wanted, rule);
		String object = rule.field().equals("size") ? "" : rule.field() + "/";
		set.accept(object + "width", JsonNodeFactory.instance.numberNode(fitted.width()));
		set.accept(object + "height", JsonNodeFactory.instance.numberNode(fitted.height()));
		this.size = Optional.of(fitted);
	}

	private void size(ParameterRule rule, BiConsumer<String, JsonNode> set) {
		ImageSize chosen = Fitting.fit(wanted(rule), rule);
		set.accept(rule.field(), text(chosen, rule));
		this.size = Optional.of(chosen);
	}

	private static JsonNode text(ImageSize size, ParameterRule rule) {
		return StringNode.valueOf(size.width() + rule.geometry().separator() + size.height());
	}

	/** The exact size, or the ratio at the tier, or at the offering's own area. */
	private ImageSize wanted(ParameterRule rule) {
		if (this.shape.size().isPresent()) {
			return this.shape.size().get();
		}
		long tier = Shape.tierPixels(this.shape.tier().orElse(null));
		long area = (tier > 0) ? tier : (rule.geometry().pixels() > 0) ? rule.geometry().pixels() : ONE_K;
		return Shape.sized(this.shape.ratio(), area);
	}

	/** Whether the gateway brings the picture to its size, and says so itself. */
	private boolean isMadeExact() {
		return this.fit != Fit.NEAREST && this.shape.size().isPresent();
	}

	private void warnOfDifference(ImageSize served) {
		boolean exact = this.shape.size().isPresent() ? served.equals(this.shape.size().get())
				: Fitting.distance(served.ratio(), this.shape.ratio()) < 0.02;
		if (!exact && !isMadeExact()) {
			this.warnings.add("size: " + this.shape.ratioText() + " was served as about " + served + ".");
		}
	}

}
