package dev.heliostat.simulator;

import java.time.Instant;
import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A provider whose answers have the shape of OpenAI's: {@code data} with a URL or base64
 * in each item.
 */
abstract class OpenAiShapedSimulator extends SyncSimulator {

	protected OpenAiShapedSimulator(int port) {
		super(port);
	}

	/** The answer that stands for moderation; empty where pictures are only marked. */
	protected abstract Optional<Mono<Void>> moderated(Call call, HttpServerResponse response);

	protected PictureSize size(Call call) {
		return PictureSize.of(call.text("size", ""), SQUARE);
	}

	protected String format(Call call) {
		return call.text("output_format", "png");
	}

	/** Whether URLs are answered. */
	protected boolean isUrl(Call call) {
		return false;
	}

	protected int asked(Call call) {
		return call.input().path("n").asInt(1);
	}

	/** Adds to an item, which holds its picture already. */
	protected void describe(Call call, int index, ObjectNode item) {
	}

	/** Adds to the answer, whose data is there already. */
	protected void complete(Call call, ObjectNode answer) {
	}

	@Override
	protected Mono<Void> make(Call call, HttpServerResponse response) {
		if (call.scenario().has("moderated")) {
			Optional<Mono<Void>> moderated = moderated(call, response);
			if (moderated.isPresent()) {
				return moderated.get();
			}
		}
		return whole(call.scenario(), response, answer(call).toString());
	}

	protected ObjectNode answer(Call call) {
		ObjectNode answer = object().put("created", Instant.now().getEpochSecond());
		ArrayNode data = answer.putArray("data");
		int count = call.count(asked(call));
		for (int i = 0; i < count; i++) {
			byte[] picture = size(call).picture(call.scenario(), format(call));
			ObjectNode item = data.addObject();
			if (isUrl(call)) {
				item.put("url", host(picture));
			}
			else {
				item.put("b64_json", base64(picture));
			}
			describe(call, i, item);
		}
		complete(call, answer);
		return answer;
	}

	/** OpenAI's form of an error; a field or code may be null. */
	protected static ObjectNode openAiError(String type, String field, String code, String message) {
		ObjectNode body = object();
		body.putObject("error").put("message", message).put("type", type).put("param", field).put("code", code);
		return body;
	}

}
