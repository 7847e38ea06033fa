package dev.heliostat.api;

import java.time.Instant;

import dev.heliostat.image.GatewayError;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAI's error envelope: message, type, param and code, always all four.
 */
final class ErrorBody {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private ErrorBody() {
	}

	static byte[] write(GatewayError error) {
		return JSON.writeValueAsBytes(json(error));
	}

	static ObjectNode json(GatewayError error) {
		ObjectNode envelope = JsonNodeFactory.instance.objectNode();
		ObjectNode body = envelope.putObject("error");
		body.put("message", error.message());
		body.put("type", error.type());
		body.put("param", error.param().orElse(null));
		body.put("code", error.code().key());
		if (error instanceof GatewayError.Moderated moderated) {
			ObjectNode details = body.putObject("moderation_details");
			details.put("moderation_stage", moderated.details().stage());
			ArrayNode categories = details.putArray("categories");
			moderated.details().categories().forEach(categories::add);
		}
		if (error instanceof GatewayError.InsufficientQuota quota) {
			quota.exhausted().ifPresent(exhausted -> {
				ObjectNode budget = body.putObject("budget");
				budget.put("id", exhausted.budget());
				budget.put("measure", exhausted.measure());
				budget.put("left", exhausted.left());
				budget.put("resets_at", exhausted.resetsAt().map(Instant::toString).orElse(null));
			});
		}
		return envelope;
	}

}
