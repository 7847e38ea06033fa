package dev.heliostat.simulator;

import java.util.List;
import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A provider that checks its requests with {@link InputRules}.
 */
abstract class CheckedSimulator extends ProviderSimulator {

	protected CheckedSimulator(int port) {
		super(port);
	}

	@Override
	protected String prompt(Received received) {
		return parsed(received).path("prompt").asString("");
	}

	/** The JSON body; missing where there is none, or where it is not declared. */
	protected static JsonNode parsed(Received received) {
		if (!received.headers().getOrDefault("content-type", "").startsWith("application/json")) {
			return MissingNode.getInstance();
		}
		try {
			return received.json();
		}
		catch (JacksonException ex) {
			return MissingNode.getInstance();
		}
	}

	/**
	 * The first part of a form that should be a picture and is not, or is one too many.
	 */
	protected static Optional<InputRules.Fault> uploads(Received received, int most, List<String> names) {
		List<Part> files = received.parts().stream().filter(part -> !part.filename().isEmpty()).toList();
		for (Part file : files) {
			if (!names.contains(file.name())) {
				return Optional.of(new InputRules.Fault(file.name(), "extra_forbidden", "File is not expected"));
			}
			if (!isPicture(file.bytes())) {
				return Optional.of(new InputRules.Fault(file.name(), "image_load_error", "Failed to load the image"));
			}
		}
		return (files.stream().filter(file -> !file.name().startsWith("mask")).count() <= most) ? Optional.empty()
				: Optional.of(new InputRules.Fault(names.getFirst(), "too_long", "At most " + most + " images"));
	}

	protected static boolean isBearer(Received received, String token) {
		return ("Bearer " + token).equals(received.headers().get("authorization"));
	}

	/**
	 * The status code in front of a suffix; sets the header that the scenario asks for.
	 */
	protected static int code(Scenario scenario, HttpServerResponse response) {
		if (scenario.has("retry-after")) {
			response.header("retry-after", scenario.text("retry-after", "1"));
		}
		String code = scenario.text("status", "500").split("-")[0];
		return code.matches("\\d{3}") ? Integer.parseInt(code) : 500;
	}

	/** Sends bytes, or the half of them where the scenario says {@code cut}. */
	protected static Mono<Void> wholeBytes(Scenario scenario, HttpServerResponse response, String type, byte[] bytes) {
		if (scenario.has("cut")) {
			return cut(response, type, bytes);
		}
		return response.header("content-type", type)
			.header("content-length", Integer.toString(bytes.length))
			.sendByteArray(Mono.just(bytes))
			.then();
	}

	protected static ObjectNode object() {
		return JsonNodeFactory.instance.objectNode();
	}

	protected static ArrayNode array() {
		return JsonNodeFactory.instance.arrayNode();
	}

}
