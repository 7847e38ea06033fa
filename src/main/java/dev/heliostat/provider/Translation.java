package dev.heliostat.provider;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.ImageSize;
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

	private final int count;

	private final int index;

	private final ObjectNode parameters;

	private final List<String> warnings = new ArrayList<>();

	private final Map<String, JsonNode> pricedBy = new HashMap<>();

	private Optional<ImageSize> size = Optional.empty();

	Translation(ImageRequest request, Offering offering, int count, int index) {
		this.request = request;
		this.offering = offering;
		this.count = count;
		this.index = index;
		this.parameters = JSON.objectNode();
	}

	UpstreamRequest run(Provider provider) {
		this.offering.fixed().forEach(this.parameters::set);
		defaults();
		prompt();
		count();
		shape();
		for (Map.Entry<String, JsonNode> parameter : this.request.parameters().entrySet()) {
			apply(parameter.getKey(), parameter.getValue());
		}
		return new UpstreamRequest(envelope(provider), this.count, this.warnings, this.pricedBy, this.size);
	}

	private void defaults() {
		for (Map.Entry<String, ParameterRule> rule : this.offering.parameters().entrySet()) {
			rule.getValue().defaultValue().ifPresent(value -> this.pricedBy.put(rule.getKey(), value));
		}
	}

	private void prompt() {
		ParameterRule rule = this.offering.parameters().get("prompt");
		if (!this.request.prompt().isEmpty()) {
			this.parameters.put((rule != null) ? rule.field() : "prompt", this.request.prompt());
		}
	}

	private void count() {
		this.pricedBy.put("n", JSON.numberNode(this.count));
		ParameterRule rule = this.offering.parameters().get("n");
		if (rule != null && this.count > 1) {
			this.parameters.put(rule.field(), this.count);
		}
	}

	private void shape() {
		Shape shape = Shape.of(this.request.parameters());
		ShapeMapping mapping = new ShapeMapping(this.offering, shape);
		mapping.apply(this.parameters, this.pricedBy);
		this.size = mapping.size();
		this.warnings.addAll(mapping.warnings());
	}

	private void apply(String name, JsonNode value) {
		if (ShapeMapping.governs(name, this.offering)) {
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
		ParameterRule rule = this.offering.parameters().get(name);
		if (rule != null) {
			return rule;
		}
		for (ParameterRule candidate : this.offering.parameters().values()) {
			if (candidate.kind() == ParameterRule.Kind.RENAME && candidate.field().equals(name)) {
				return candidate;
			}
		}
		return null;
	}

	private void pass(String name, JsonNode value, ParameterRule rule) {
		JsonNode accepted = value;
		if (!Values.isListed(value, rule)) {
			accepted = Qualities.alike(name, value, rule)
				.orElseThrow(() -> Values.invalid(name, value, "one of " + Values.list(rule.values())));
			this.warnings.add(name + ": " + Values.shown(value) + " was sent as " + accepted.asString() + ".");
		}
		if (name.equals("seed") && this.index > 0 && value.isIntegralNumber()) {
			accepted = JSON.numberNode(value.asLong() + this.index);
		}
		this.parameters.set(rule.field(), accepted);
		this.pricedBy.put(name, accepted);
	}

	private void convert(String name, JsonNode value, ParameterRule rule) {
		JsonNode mapped = rule.map().get(value.asString());
		if (mapped == null) {
			if (!KnownParameters.isStandard(name)) {
				throw Values.invalid(name, value, "one of " + String.join(", ", rule.map().keySet()));
			}
			dropped(name, value);
			return;
		}
		this.parameters.set(rule.field(), mapped);
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
		this.parameters.set(name, value);
	}

	private void dropped(String name, JsonNode value) {
		this.warnings.add(name + ": " + Values.shown(value) + " is not supported by " + this.offering.key()
				+ " and was left out.");
	}

	private ObjectNode envelope(Provider provider) {
		ObjectNode body = this.parameters;
		if (provider.envelope().parameters().isPresent()) {
			body = JSON.objectNode();
			body.set(provider.envelope().parameters().get(), this.parameters);
		}
		if (provider.envelope().model().isPresent()) {
			body.put(provider.envelope().model().get(), this.offering.providerModel());
		}
		return body;
	}

}
