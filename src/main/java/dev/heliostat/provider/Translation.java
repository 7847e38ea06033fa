package dev.heliostat.provider;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.Output;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request on its way into one offering's terms.
 */
final class Translation {

	private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

	private final ImageRequest request;

	private final Offering offering;

	private final Mode mode;

	private final int count;

	private final int index;

	private final ObjectNode body = JSON.objectNode();

	private final ObjectNode parameters;

	private final BiConsumer<String, JsonNode> fields = this::set;

	private final List<String> warnings = new ArrayList<>(0);

	private final Map<String, JsonNode> pricedBy = new HashMap<>();

	private Optional<ImageSize> size = Optional.empty();

	Translation(ImageRequest request, Offering offering, int count, int index) {
		this.request = request;
		this.offering = offering;
		this.mode = offering.mode(request.capability());
		this.count = count;
		this.index = index;
		Optional<String> place = this.mode.wire().parameters();
		this.parameters = place.isPresent() ? this.body.withObject("/" + place.get()) : this.body;
	}

	UpstreamRequest run() {
		if (!this.mode.fixed().isEmpty()) {
			this.parameters.setAll(this.mode.fixed().deepCopy());
		}
		if (this.mode.wire().model().isPresent()) {
			set(this.mode.wire().model().get(), JSON.stringNode(this.mode.providerModel()));
		}
		defaults();
		prompt();
		count();
		shape();
		for (Map.Entry<String, JsonNode> parameter : this.request.parameters().entrySet()) {
			apply(parameter.getKey(), parameter.getValue());
		}
		OutputRules outputs = new OutputRules(this.mode, this.request);
		Output output = outputs.apply(this.fields, this.pricedBy);
		seed();
		looks();
		if (!this.request.images().isEmpty() || this.request.mask().isPresent()) {
			new Inputs(this.offering.key(), this.mode).apply(this.request, this.body, this.parameters);
		}
		return new UpstreamRequest(this.body, this.count, this.warnings, this.pricedBy, this.size, output);
	}

	private void set(String place, JsonNode value) {
		Places.set(this.body, this.parameters, place, value);
	}

	private void defaults() {
		this.pricedBy.put("mode", JSON.stringNode(this.request.capability().key()));
		this.pricedBy.put("batch", JSON.booleanNode(false));
		for (Map.Entry<String, ParameterRule> rule : this.mode.parameters().entrySet()) {
			if (rule.getValue().defaultValue().isPresent()) {
				this.pricedBy.put(rule.getKey(), rule.getValue().defaultValue().get());
			}
		}
	}

	private void prompt() {
		ParameterRule rule = this.mode.parameters().get("prompt");
		if (this.request.prompt().isEmpty()) {
			return;
		}
		if (rule == null && this.request.capability() != Capability.GENERATE
				&& this.request.capability() != Capability.EDIT) {
			this.warnings.add("prompt: not used by " + this.offering.key() + " for "
					+ this.request.capability().phrase() + " and left out.");
			return;
		}
		String text = this.request.prompt();
		if (rule != null && rule.strip().isPresent()) {
			text = Pattern.compile(rule.strip().get(), Pattern.DOTALL).matcher(text).replaceAll("");
		}
		set((rule != null) ? rule.field() : "prompt", JSON.stringNode(text));
	}

	private void count() {
		this.pricedBy.put("n", JSON.numberNode(this.count));
		ParameterRule rule = this.mode.parameters().get("n");
		if (rule != null && this.count > 1) {
			set(rule.field(), JSON.numberNode(this.count));
		}
	}

	private void shape() {
		Shape shape = Shape.of(this.request.parameters());
		Optional<ImageSize> sent = this.request.images().isEmpty() ? Optional.empty()
				: Optional.of(this.request.images().getFirst().size());
		ShapeMapping mapping = new ShapeMapping(this.offering.key(), this.mode, shape, sent, this.request.fit());
		mapping.apply(this.fields, this.pricedBy);
		this.size = mapping.size();
		this.warnings.addAll(mapping.warnings());
	}

	private void apply(String name, JsonNode value) {
		if (ShapeMapping.governs(name, this.mode) || OutputRules.governs(name, value)) {
			return;
		}
		ParameterRule rule = rule(name);
		if (rule == null) {
			undeclared(name, value);
			return;
		}
		Values.check(name, value, rule);
		switch (rule.kind()) {
			case PASS, RENAME -> pass(name, value, rule);
			case CONVERT -> convert(name, value, rule);
			case EMULATE -> {
				// The gateway does it after the answer.
			}
			case REJECT -> throw new GatewayError.UnknownParameter(name,
					name + ": " + rule.reason().orElse("not supported by " + this.offering.key()))
				.asException();
		}
	}

	/**
	 * A parameter is declared under its client name, or sent under the provider's own.
	 */
	private @Nullable ParameterRule rule(String name) {
		ParameterRule rule = this.mode.parameters().get(name);
		if (rule != null) {
			return rule;
		}
		for (ParameterRule candidate : this.mode.parameters().values()) {
			if (candidate.kind() == ParameterRule.Kind.RENAME && candidate.field().equals(name)) {
				return candidate;
			}
		}
		return null;
	}

	private void pass(String name, JsonNode value, ParameterRule rule) {
		JsonNode accepted = Values.listed(value, rule).orElse(null);
		if (accepted == null) {
			accepted = Qualities.alike(name, value, rule)
				.orElseThrow(() -> Values.invalid(name, value, "one of " + Values.list(rule.values())));
			this.warnings.add(name + ": " + Values.shown(value) + " was sent as " + accepted.asString() + ".");
		}
		if (name.equals("seed") && this.index > 0 && value.isIntegralNumber()) {
			accepted = JSON.numberNode(counted(value.asLong(), rule));
		}
		set(rule.field(), accepted);
		this.pricedBy.put(name, accepted);
	}

	/** The same seed would draw the same picture again. */
	private long counted(long seed, ParameterRule rule) {
		long highest = highestSeed(rule);
		return (seed > highest - this.index) ? seed - highest + this.index - 1 : seed + this.index;
	}

	private static long highestSeed(ParameterRule rule) {
		return rule.maximum().map(BigDecimal::longValue).orElse((long) Integer.MAX_VALUE);
	}

	/**
	 * Sends a random seed where the offering wants one, or where a submission whose
	 * answer is lost is found by what it asked for.
	 */
	private void seed() {
		ParameterRule rule = this.mode.parameters().get("seed");
		Optional<Wire.Job> job = this.mode.wire().job();
		boolean found = job.isPresent() && job.get().lookup().isPresent();
		if (rule != null && (rule.random() || found) && !this.request.parameters().containsKey("seed")) {
			set(rule.field(), JSON.numberNode(ThreadLocalRandom.current().nextLong(1, highestSeed(rule))));
		}
	}

	/** Asks for unfinished looks, or says that there are none. */
	private void looks() {
		int wanted = this.request.partials();
		if (wanted == 0) {
			return;
		}
		if (this.mode.wire().stream().isEmpty()) {
			this.warnings
				.add("partial_images: " + this.offering.key() + " gives none; there is only the finished picture.");
			return;
		}
		Wire.Stream stream = this.mode.wire().stream().get();
		JsonNode asked = JSON.numberNode(Math.min(wanted, stream.maximum()));
		stream.ask().forEach((place, value) -> set(place, value.deepCopy()));
		stream.count().ifPresent(place -> set(place, asked));
		this.pricedBy.put("partial_images", asked);
	}

	private void convert(String name, JsonNode value, ParameterRule rule) {
		if (rule.conversion().orElseThrow() == ParameterRule.Conversion.PROMPT_SUFFIX) {
			ParameterRule prompt = this.mode.parameters().get("prompt");
			set((prompt != null) ? prompt.field() : "prompt",
					JSON.stringNode(this.request.prompt() + rule.field() + value.asString()));
			return;
		}
		JsonNode mapped = rule.map().get(value.asString());
		if (mapped == null) {
			if (!KnownParameters.isStandard(name)) {
				throw Values.invalid(name, value, "one of " + String.join(", ", rule.map().keySet()));
			}
			dropped(name, value);
			return;
		}
		set(rule.field(), mapped);
		this.pricedBy.put(name, value);
	}

	private void undeclared(String name, JsonNode value) {
		if (KnownParameters.isStandard(name)) {
			dropped(name, value);
			return;
		}
		if (KnownParameters.isDangerous(name)) {
			throw new GatewayError.UnknownParameter(name, name + ": not declared by " + this.offering.key()
					+ ", and it could change price, output or control. Leave it out, or choose a model that declares it.")
				.asException();
		}
		if (this.mode.wire().strict()) {
			dropped(name, value);
			return;
		}
		this.parameters.set(name, value);
	}

	private void dropped(String name, JsonNode value) {
		this.warnings.add(name + ": " + Values.shown(value) + " is not supported by " + this.offering.key()
				+ " and was left out.");
	}

}
