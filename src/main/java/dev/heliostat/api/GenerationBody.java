package dev.heliostat.api;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.Output.Fit;
import dev.heliostat.routing.Preferences;
import dev.heliostat.routing.RoutingProperties.Strategy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON body of a generation: what only the gateway reads, and what goes on to the
 * offering. A null is the same as nothing.
 *
 * @param request what is asked for
 * @param preferences where it may run
 * @param form the form of the answer, where the body says it
 * @param stream whether the answer is a stream of events
 * @param webhook where the end is to be told
 * @param user whom it is for
 */
record GenerationBody(ImageRequest request, Preferences preferences, Optional<AnswerForm> form, boolean stream,
		Optional<URI> webhook, Optional<String> user) {

	private static final int LONGEST_URL = 2048;

	/** Read by the gateway itself, never part of the picture's parameters. */
	private static final Set<String> OWN = Set.of("model", "prompt", "n", "response_format", "stream", "partial_images",
			"user", "safety_identifier", "provider", "models", "metadata", "session_id", "webhook_url");

	static GenerationBody read(ObjectNode body, Fit fit) {
		return read(body, Capability.GENERATE, List.of(), Optional.empty(), fit);
	}

	/** Reads a body that came with pictures. */
	static GenerationBody read(ObjectNode body, Capability capability, List<InputImage> images,
			Optional<InputImage> mask, Fit fit) {
		Map<String, JsonNode> parameters = new HashMap<>();
		for (Map.Entry<String, JsonNode> field : body.properties()) {
			if (!OWN.contains(field.getKey()) && !field.getValue().isNull()) {
				parameters.put(field.getKey(), field.getValue());
			}
		}
		Optional<String> user = optionalText(body, "user");
		Optional<String> identifier = optionalText(body, "safety_identifier");
		String prompt = switch (capability) {
			case GENERATE, EDIT -> requiredText(body, "prompt");
			case VARIATION, UPSCALE -> optionalText(body, "prompt").orElse("");
		};
		boolean stream = flag(body, "stream", false);
		int partials = number(body, "partial_images", 0, 3, 0);
		ImageRequest request = new ImageRequest(capability, requiredText(body, "model"), prompt,
				number(body, "n", 1, 10, 1), parameters, images, mask, fit, stream ? partials : 0);
		return new GenerationBody(request, preferences(body), form(body), stream, webhook(body),
				identifier.or(() -> user).filter(name -> !name.isBlank()));
	}

	private static String requiredText(ObjectNode body, String name) {
		String text = optionalText(body, name).orElse("");
		if (text.isBlank()) {
			boolean missing = body.path(name).isMissingNode() || body.path(name).isNull();
			throw (missing ? new GatewayError.MissingParameter(name, "'" + name + "' is missing. Add it to the body.")
					: new GatewayError.InvalidValue(name, name + ": empty (expected: a text)"))
				.asException();
		}
		return text;
	}

	private static Optional<String> optionalText(ObjectNode body, String name) {
		JsonNode value = body.path(name);
		if (value.isMissingNode() || value.isNull()) {
			return Optional.empty();
		}
		if (!value.isString()) {
			throw invalid(name, value, "a text");
		}
		return Optional.of(value.asString());
	}

	private static int number(ObjectNode body, String name, int least, int most, int otherwise) {
		JsonNode value = body.path(name);
		if (value.isMissingNode() || value.isNull()) {
			return otherwise;
		}
		boolean whole = value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
		if (!whole || value.decimalValue().compareTo(BigDecimal.valueOf(least)) < 0
				|| value.decimalValue().compareTo(BigDecimal.valueOf(most)) > 0) {
			throw invalid(name, value, least + " to " + most);
		}
		return value.decimalValue().intValueExact();
	}

	private static Optional<AnswerForm> form(ObjectNode body) {
		return optionalText(body, "response_format").map(text -> switch (text) {
			case "url" -> AnswerForm.URL;
			case "b64_json" -> AnswerForm.B64_JSON;
			default -> throw invalid("response_format", body.path("response_format"), "url or b64_json");
		});
	}

	private static Optional<URI> webhook(ObjectNode body) {
		return optionalText(body, "webhook_url").map(text -> {
			try {
				if (text.length() <= LONGEST_URL) {
					return new URI(text);
				}
			}
			catch (URISyntaxException ex) {
				// Said below.
			}
			throw invalid("webhook_url", body.path("webhook_url"),
					"an https URL of at most " + LONGEST_URL + " characters");
		});
	}

	private static boolean flag(JsonNode body, String name, boolean otherwise) {
		JsonNode value = body.path(name);
		if (value.isMissingNode() || value.isNull()) {
			return otherwise;
		}
		if (!value.isBoolean()) {
			throw invalid(name, value, "true or false");
		}
		return value.asBoolean();
	}

	private static Preferences preferences(ObjectNode body) {
		JsonNode provider = body.path("provider");
		List<String> models = names(body.path("models"), "models");
		if (provider.isMissingNode() || provider.isNull()) {
			return models.isEmpty() ? Preferences.NONE : new Preferences(List.of(), List.of(), List.of(),
					Optional.empty(), true, Optional.empty(), false, models);
		}
		if (!provider.isObject()) {
			throw invalid("provider", provider, "an object such as {\"only\": [\"replicate\"]}");
		}
		for (String key : provider.propertyNames()) {
			if (!Set.of("only", "ignore", "order", "sort", "allow_fallbacks", "max_price", "allow_unknown_price")
				.contains(key)) {
				throw new GatewayError.UnknownParameter("provider." + key, "provider." + key
						+ " is not known (expected: only, ignore, order, sort, allow_fallbacks, max_price, allow_unknown_price)")
					.asException();
			}
		}
		return new Preferences(names(provider.path("only"), "provider.only"),
				names(provider.path("ignore"), "provider.ignore"), names(provider.path("order"), "provider.order"),
				sort(provider.path("sort")), flag(provider, "allow_fallbacks", true), price(provider.path("max_price")),
				flag(provider, "allow_unknown_price", false), models);
	}

	private static Optional<Strategy> sort(JsonNode value) {
		if (value.isMissingNode() || value.isNull()) {
			return Optional.empty();
		}
		return Optional.of(switch (value.isString() ? value.asString().toLowerCase(Locale.ROOT) : "") {
			case "cheapest", "price" -> Strategy.CHEAPEST;
			case "balanced" -> Strategy.BALANCED;
			case "fastest", "latency", "throughput" -> Strategy.FASTEST;
			case "priority" -> Strategy.PRIORITY;
			default -> throw invalid("provider.sort", value, "cheapest, balanced, fastest or priority");
		});
	}

	private static Optional<BigDecimal> price(JsonNode value) {
		if (value.isMissingNode() || value.isNull()) {
			return Optional.empty();
		}
		if (!value.isNumber() || value.decimalValue().signum() < 0) {
			throw invalid("provider.max_price", value, "dollars for one picture, at least 0");
		}
		return Optional.of(value.decimalValue());
	}

	private static List<String> names(JsonNode value, String name) {
		if (value.isMissingNode() || value.isNull()) {
			return List.of();
		}
		List<String> names = new ArrayList<>();
		if (value.isArray() && value.size() <= 50) {
			value.forEach(item -> names.add(item.isString() ? item.asString() : ""));
		}
		if (names.isEmpty() || names.contains("")) {
			throw invalid(name, value, "a list of names");
		}
		return names;
	}

	private static RuntimeException invalid(String name, JsonNode value, String expected) {
		String text = value.isString() ? value.asString() : value.toString();
		String shown = (text.length() <= 60) ? text : text.substring(0, 60) + "…";
		return new GatewayError.InvalidValue(name, name + ": " + shown + " (expected: " + expected + ")").asException();
	}

}
