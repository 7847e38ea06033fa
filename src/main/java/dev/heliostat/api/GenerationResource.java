package dev.heliostat.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Kept;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A caller's own generations: where they stand, and what they made.
 */
class GenerationResource {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait=(\\d{1,4})(?:$|[,;\\s])");

	private static final int LONGEST_WAIT = 280;

	private static final int MOST = 100;

	private final OwnGenerations generations;

	GenerationResource(OwnGenerations generations) {
		this.generations = generations;
	}

	/** Where a generation is found, under the same base path as the request at hand. */
	static String path(ServerHttpRequest request, String id) {
		boolean prefixed = request.getPath().pathWithinApplication().value().startsWith("/openai/");
		return (prefixed ? "/openai/v1" : "/v1") + "/generations/" + id;
	}

	/** One, at once or after waiting for its end. */
	Mono<ServerResponse> get(ServerRequest request) {
		Duration wait = wait(request);
		return this.generations.kept(RequestAttributes.caller(request), request.pathVariable("id"), wait)
			.flatMap(kept -> {
				ServerResponse.BodyBuilder answer = ServerResponse.ok();
				if (!wait.isZero()) {
					answer.header("preference-applied", "wait=" + wait.toSeconds());
				}
				return answer(answer, kept);
			});
	}

	/** Cancels one: 200 when it has ended, 202 while something of it still runs. */
	Mono<ServerResponse> cancel(ServerRequest request) {
		return this.generations.cancel(RequestAttributes.caller(request), request.pathVariable("id"))
			.flatMap(kept -> answer(switch (kept.record().status()) {
				case QUEUED, RUNNING -> ServerResponse.accepted();
				case SUCCEEDED, FAILED, CANCELLED -> ServerResponse.ok();
			}, kept));
	}

	/** Deletes the pictures of one. */
	Mono<ServerResponse> deleteMedia(ServerRequest request) {
		return this.generations.deleteMedia(RequestAttributes.caller(request), request.pathVariable("id"))
			.then(Mono.defer(() -> ServerResponse.noContent().build()));
	}

	private static Mono<ServerResponse> answer(ServerResponse.BodyBuilder answer, Kept kept) {
		answer.contentType(MediaType.APPLICATION_JSON);
		ObjectNode frame = frame(kept);
		kept.prompt().ifPresent(prompt -> frame.put("prompt", prompt));
		if (kept.generation().isEmpty()) {
			return answer.bodyValue(frame.putNull("result"));
		}
		String text = JSON.writeValueAsString(frame);
		ImagesBody body = ImagesBody.of(kept.generation().get(), text.substring(0, text.length() - 1) + ",\"result\":",
				"}");
		return answer.contentLength(body.length())
			.build((exchange, context) -> exchange.getResponse().writeWith(body.bytes()));
	}

	private static Duration wait(ServerRequest request) {
		String prefer = String.join(",", request.headers().header("prefer"));
		Matcher matcher = WAIT.matcher(prefer);
		return matcher.find() ? Duration.ofSeconds(Math.min(LONGEST_WAIT, Integer.parseInt(matcher.group(1))))
				: Duration.ZERO;
	}

	/** Many, youngest first. */
	Mono<ServerResponse> list(ServerRequest request) {
		int limit = request.queryParam("limit").map(GenerationResource::limit).orElse(20);
		return this.generations.list(RequestAttributes.caller(request), request.queryParam("after"), limit + 1)
			.flatMap(found -> ServerResponse.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(page(found.subList(0, Math.min(limit, found.size())), found.size() > limit)));
	}

	private static int limit(String value) {
		if (!value.matches("[0-9]{1,3}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MOST) {
			throw new GatewayError.InvalidValue("limit", "limit: not understood (expected: 1 to " + MOST + ")")
				.asException();
		}
		return Integer.parseInt(value);
	}

	private static ObjectNode page(List<Kept> items, boolean more) {
		ObjectNode page = JsonNodeFactory.instance.objectNode().put("object", "list");
		var data = page.putArray("data");
		items.forEach(kept -> data.add(item(kept)));
		page.put("has_more", more);
		page.put("first_id", items.isEmpty() ? null : items.getFirst().record().id());
		page.put("last_id", items.isEmpty() ? null : items.getLast().record().id());
		return page;
	}

	/** One whose pictures are given by URL; releases them. */
	static ObjectNode item(Kept kept) {
		ObjectNode item = frame(kept).putNull("result");
		kept.generation().ifPresent(generation -> {
			ObjectNode result = ImagesFrame.of(generation);
			var images = result.putArray("data");
			generation.images()
				.forEach(image -> image.url().ifPresent(url -> images.addObject().put("url", url.toString())));
			item.set("result", result.put("created", generation.record().createdAt().getEpochSecond()));
			generation.release();
		});
		return item;
	}

	/** Everything but the result. */
	static ObjectNode frame(Kept kept) {
		GenerationRecord record = kept.record();
		ObjectNode frame = JsonNodeFactory.instance.objectNode();
		frame.put("id", record.id());
		frame.put("object", "generation");
		frame.put("status", record.status().name().toLowerCase(java.util.Locale.ROOT));
		frame.put("created", record.createdAt().getEpochSecond());
		frame.put("model", record.model());
		Optional<ObjectNode> error = kept.error().map(failure -> (ObjectNode) ErrorBody.json(failure).path("error"));
		error.ifPresentOrElse(json -> frame.set("error", json), () -> frame.putNull("error"));
		ObjectNode metadata = frame.putObject("metadata");
		GenerationFigures.put(metadata, record);
		var attempts = metadata.putArray("attempts");
		record.attempts().forEach(attempt -> attempts.add(ImagesFrame.attempt(attempt)));
		metadata.set("pictures", pictures(record));
		return frame;
	}

	/** How far each picture is: what the latest submission for it says. */
	private static ArrayNode pictures(GenerationRecord record) {
		ArrayNode pictures = JsonNodeFactory.instance.arrayNode();
		for (int i = 0; i < record.count(); i++) {
			int index = i;
			ObjectNode picture = pictures.addObject().put("index", index);
			record.attempts()
				.stream()
				.filter(attempt -> attempt.picture() <= index && index < attempt.picture() + attempt.pictures())
				.reduce((earlier, later) -> later)
				.ifPresentOrElse(
						attempt -> picture.put("status", attempt.outcome().orElse("running"))
							.put("provider", attempt.provider()),
						() -> picture.put("status", record.finishedAt().isPresent() ? "cancelled" : "queued"));
		}
		return pictures;
	}

}
