package dev.heliostat.provider;

import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.Output;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/**
 * Shares {@code output_format}, {@code output_compression} and {@code background} out
 * between an offering and the gateway: what the offering can do by itself it is asked
 * for, the rest is done to its pictures afterwards.
 */
final class OutputRules {

	private static final String FORMAT = "output_format";

	private static final String COMPRESSION = "output_compression";

	private static final String BACKGROUND = "background";

	private final Mode mode;

	private final ImageRequest request;

	private final Optional<ImageType> format;

	private final Optional<Integer> compression;

	/**
	 * Fails with {@code invalid_value} for what no offering could do.
	 */
	OutputRules(Mode mode, ImageRequest request) {
		this.mode = mode;
		this.request = request;
		this.format = Optional.ofNullable(request.parameters().get(FORMAT)).map(OutputRules::format);
		this.compression = Optional.ofNullable(request.parameters().get(COMPRESSION)).map(OutputRules::compression);
		check();
	}

	/** Whether a parameter is shared out here. */
	static boolean governs(String parameter, JsonNode value) {
		return switch (parameter) {
			case FORMAT, COMPRESSION -> true;
			// Any picture can be made opaque, and nothing has to be done for auto.
			case BACKGROUND -> !value.asString("").equals("transparent");
			default -> false;
		};
	}

	private static ImageType format(JsonNode value) {
		return Optional.of(value)
			.filter(JsonNode::isString)
			.flatMap(text -> ImageType.named(text.asString()))
			.orElseThrow(() -> Values.invalid(FORMAT, value, "png, jpeg, webp, gif or avif"));
	}

	private static int compression(JsonNode value) {
		boolean whole = value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
		if (!whole || value.decimalValue().signum() < 0 || value.asDouble() > 100) {
			throw Values.invalid(COMPRESSION, value, "an integer, 0 to 100");
		}
		return value.decimalValue().intValue();
	}

	private void check() {
		if (this.format.isPresent() && !isLossy(this.format.get()) && this.compression.orElse(100) < 100) {
			throw Values.invalid(COMPRESSION, IntNode.valueOf(this.compression.orElse(100)),
					"100 with output_format " + this.format.get().parameterValue() + "; less with jpeg, webp or avif");
		}
		JsonNode background = this.request.parameters().get(BACKGROUND);
		if (background == null) {
			return;
		}
		switch (background.asString("")) {
			case "transparent" -> {
				if (this.format.equals(Optional.of(ImageType.JPEG))) {
					throw Values.invalid(BACKGROUND, background,
							"opaque or auto with output_format jpeg; transparent with png, webp, gif or avif");
				}
			}
			case "opaque", "auto" -> {
				// Both can always be had.
			}
			default -> throw Values.invalid(BACKGROUND, background, "transparent, opaque or auto");
		}
	}

	private static boolean isLossy(ImageType type) {
		return switch (type) {
			case JPEG, WEBP, AVIF -> true;
			case PNG, GIF -> false;
		};
	}

	/** Sets what the offering is asked for; gives what is left. */
	Output apply(BiConsumer<String, JsonNode> set, Map<String, JsonNode> pricedBy) {
		background(set, pricedBy);
		if (this.format.isEmpty() && this.compression.isEmpty()) {
			return new Output(this.format, true, this.compression, isOpaque(), size(), this.request.fit());
		}
		Optional<JsonNode> own = this.format.flatMap(this::own);
		Optional<JsonNode> ownCompression = this.compression.flatMap(this::own);
		boolean lossy = this.format.map(OutputRules::isLossy).orElse(true);
		boolean made = this.format.isEmpty() || own.isPresent();
		boolean compressed = this.compression.isPresent() && lossy && !(made && ownCompression.isPresent());
		if (this.format.isPresent()) {
			boolean asked = own.isPresent() && !compressed;
			// What is encoded once more had better not have lost anything before.
			Optional<JsonNode> sent = asked ? own : own(ImageType.PNG).or(() -> own);
			sent.ifPresent(value -> {
				set.accept(rule(FORMAT).field(), value);
				pricedBy.put(FORMAT, value);
			});
		}
		if (made && !compressed && lossy) {
			ownCompression.ifPresent(value -> {
				set.accept(rule(COMPRESSION).field(), value);
				pricedBy.put(COMPRESSION, value);
			});
		}
		return new Output(this.format, made, compressed ? this.compression : Optional.empty(), isOpaque(), size(),
				this.request.fit());
	}

	private Optional<ImageSize> size() {
		JsonNode size = this.request.parameters().get("size");
		return (size != null) ? ImageSize.parse(size.asString("").strip()) : Optional.empty();
	}

	private boolean isOpaque() {
		JsonNode background = this.request.parameters().get(BACKGROUND);
		return background != null && background.asString().equals("opaque");
	}

	private void background(BiConsumer<String, JsonNode> set, Map<String, JsonNode> pricedBy) {
		JsonNode value = this.request.parameters().get(BACKGROUND);
		ParameterRule rule = this.mode.parameters().get(BACKGROUND);
		if (value == null || rule == null || !governs(BACKGROUND, value)) {
			return;
		}
		own(value, rule).ifPresent(accepted -> {
			set.accept(rule.field(), accepted);
			pricedBy.put(BACKGROUND, value);
		});
	}

	private ParameterRule rule(String name) {
		ParameterRule rule = this.mode.parameters().get(name);
		return (rule != null) ? rule : ParameterRule.passing(name);
	}

	/** The offering's own word for a format that it makes. */
	private Optional<JsonNode> own(ImageType type) {
		ParameterRule rule = this.mode.parameters().get(FORMAT);
		return own(StringNode.valueOf(type.parameterValue()), rule)
			.or(() -> own(StringNode.valueOf(type.extension()), rule));
	}

	private Optional<JsonNode> own(int quality) {
		ParameterRule rule = this.mode.parameters().get(COMPRESSION);
		JsonNode value = this.request.parameters().get(COMPRESSION);
		boolean within = rule != null && value != null
				&& rule.minimum().filter(minimum -> minimum.intValue() > quality).isEmpty()
				&& rule.maximum().filter(maximum -> maximum.intValue() < quality).isEmpty();
		return within ? own(value, rule) : Optional.empty();
	}

	private static Optional<JsonNode> own(@Nullable JsonNode value, @Nullable ParameterRule rule) {
		if (rule == null || value == null) {
			return Optional.empty();
		}
		return switch (rule.kind()) {
			case PASS, RENAME -> Values.listed(value, rule);
			case CONVERT -> Optional.ofNullable(rule.map().get(value.asString()));
			case EMULATE, REJECT -> Optional.empty();
		};
	}

}
