package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import dev.heliostat.catalog.Answer;
import dev.heliostat.image.Billed;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderFailure.Moderation;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.PictureReader;
import dev.heliostat.media.PictureReader.Extracted;
import dev.heliostat.media.PictureReader.Picture;

/**
 * Reads answers by what a provider's file says of them: pictures, usage, cost, and the
 * many ways to say that something was refused.
 */
public final class AnswerReader {

	/** Pictures of one answer that are fetched side by side. */
	private static final int MOST_AT_ONCE = 10;

	private final ProviderConnection connection;

	private final PictureReader pictures;

	private final UpstreamErrors errors;

	public AnswerReader(ProviderConnection connection, PictureReader pictures) {
		this.connection = connection;
		this.pictures = pictures;
		this.errors = new UpstreamErrors(connection.provider());
	}

	/**
	 * An answer that was read to its end.
	 *
	 * @param extracted its JSON, and the pictures that were in it
	 * @param headers its headers
	 * @param took how long its body was on its way
	 */
	public record Read(Extracted extracted, HttpHeaders headers, Duration took) {

		public JsonNode json() {
			return this.extracted.json();
		}

		/** Gives back pictures that nobody took. */
		public void release() {
			this.extracted.pictures().forEach(picture -> picture.content().release());
		}

	}

	/** Reads an answer whole; fails with what an error status means. */
	public Mono<Read> read(UpstreamResponse response, PreparedMode mode) {
		if (!response.isSuccess()) {
			return this.errors.fail(response);
		}
		HttpHeaders headers = response.headers();
		long begin = System.nanoTime();
		Flux<DataBuffer> body = response.body();
		Mono<Extracted> extracted = isPicture(response)
				? this.pictures.read(body)
					.map(picture -> new Extracted(JsonNodeFactory.instance.missingNode(), List.of(picture)))
				: this.pictures.extract(body, mode.base64Members(), mode.urlMembers());
		return extracted.map(answer -> new Read(answer, headers, since(begin)));
	}

	private static Duration since(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static boolean isPicture(UpstreamResponse response) {
		return response.isOfType("image/") || response.isOfType("application/octet-stream");
	}

	/**
	 * Takes the pictures out of an answer; fails with what it says where there is none.
	 * @param values what templates in paths may name
	 * @param call what was asked for
	 */
	public Mono<ProviderResult> result(Read read, Answer answer, Map<String, String> values, ProviderCall call,
			Duration waited) {
		int count = call.count();
		JsonNode json = read.json();
		ProviderFailure refused = refusal(read, answer, json, 0, true);
		if (refused != null) {
			read.release();
			return Mono.error(new ProviderException(refused));
		}
		List<Mono<? extends ProviderImage>> found = new ArrayList<>(count);
		List<ProviderFailure> refusals = new ArrayList<>(0);
		if (json.isMissingNode()) {
			for (Picture picture : read.extracted().pictures()) {
				found.add(Mono.just(image(picture, Optional.empty())));
			}
		}
		List<JsonNode> items = items(json, answer, values);
		// A refused picture may have a mark and no item.
		for (int i = 0; i < Math.max(items.size(), count); i++) {
			JsonNode item = (i < items.size()) ? items.get(i) : JsonNodeFactory.instance.missingNode();
			ProviderFailure itemRefused = refusal(read, answer, item, i, false);
			if (itemRefused != null) {
				refusals.add(itemRefused);
			}
			else if (i < items.size()) {
				found(read, answer, item, values, call).ifPresent(found::add);
			}
		}
		long begin = System.nanoTime();
		return all(found).map(images -> {
			releaseOthers(read, images);
			if (images.isEmpty()) {
				throw new ProviderException(nothing(json, answer, refusals));
			}
			return new ProviderResult(limited(images, count), Figures.usage(json, answer),
					Figures.cost(json, answer, values), Figures.facts(json, answer), waited,
					read.took().plus(since(begin)));
		}).doOnError(error -> read.release());
	}

	private static Mono<List<ProviderImage>> all(List<Mono<? extends ProviderImage>> found) {
		return (found.size() == 1) ? found.getFirst().map(image -> List.<ProviderImage>of(image))
				: Flux.fromIterable(found)
					.<ProviderImage>flatMapSequential(picture -> picture, MOST_AT_ONCE)
					.collectList();
	}

	/** Placeholders of refused pictures are of no use to anybody. */
	private static void releaseOthers(Read read, List<ProviderImage> taken) {
		for (Picture picture : read.extracted().pictures()) {
			boolean used = false;
			for (ProviderImage image : taken) {
				used |= image instanceof GeneratedImage made && made.content() == picture.content();
			}
			if (!used) {
				picture.content().release();
			}
		}
	}

	private static List<JsonNode> items(JsonNode json, Answer answer, Map<String, String> values) {
		if (answer.images().size() == 1) {
			return Places.find(json, json, Places.fill(answer.images().getFirst(), values));
		}
		List<JsonNode> items = new ArrayList<>();
		for (String path : answer.images()) {
			items.addAll(Places.find(json, json, Places.fill(path, values)));
		}
		return items;
	}

	/** Some providers repeat a picture, or send more than was asked for. */
	private static List<ProviderImage> limited(List<ProviderImage> images, int count) {
		if (images.size() <= count) {
			return images;
		}
		images.subList(count, images.size()).forEach(ProviderImage::release);
		return images.subList(0, count);
	}

	private static ProviderImage image(Picture picture, Optional<String> revised) {
		return new GeneratedImage(picture.content(), picture.type(), picture.size(), revised);
	}

	private static Optional<String> revised(JsonNode json, JsonNode item, Answer answer) {
		if (answer.revisedPrompt().isEmpty()) {
			return Optional.empty();
		}
		String text = Places.text(json, item, answer.revisedPrompt().get());
		return text.isBlank() ? Optional.empty() : Optional.of(text);
	}

	/** One picture of an answer, or where it is where that will do. */
	private Optional<Mono<? extends ProviderImage>> found(Read read, Answer answer, JsonNode item,
			Map<String, String> values, ProviderCall call) {
		Optional<String> revised = revised(read.json(), item, answer);
		Optional<Mono<? extends ProviderImage>> base64 = at(answer.base64(), read, item, revised, values, call);
		return base64.isPresent() ? base64 : at(answer.url(), read, item, revised, values, call);
	}

	private Optional<Mono<? extends ProviderImage>> at(Optional<String> path, Read read, JsonNode item,
			Optional<String> revised, Map<String, String> values, ProviderCall call) {
		if (path.isEmpty()) {
			return Optional.empty();
		}
		if (path.get().indexOf('{') >= 0) {
			return Optional.of(fetch(template(path.get(), item, values)).map(made -> image(made, revised)));
		}
		List<Picture> pictures = read.extracted().pictures();
		for (JsonNode text : Places.find(read.json(), item, path.get())) {
			if (text.isIntegralNumber() && text.asInt() < pictures.size()) {
				return Optional.of(Mono.just(image(pictures.get(text.asInt()), revised)));
			}
			if (text.isString() && !text.asString().isBlank()) {
				Optional<URI> link = call.watch().takesUrls() ? this.pictures.passable(text.asString())
						: Optional.empty();
				return Optional.of(link.isPresent() ? Mono.just(new LinkedImage(link.get(), revised))
						: fetch(text.asString()).map(made -> image(made, revised)));
			}
		}
		return Optional.empty();
	}

	private String template(String template, JsonNode item, Map<String, String> values) {
		Map<String, String> known = new HashMap<>(values);
		item.properties()
			.forEach(member -> known.put(member.getKey(),
					URLEncoder.encode(member.getValue().asString(""), StandardCharsets.UTF_8)));
		return Places.fill(template, known);
	}

	/** Fetches a result; a relative URL lies under the provider's own origin. */
	private Mono<Picture> fetch(String url) {
		return Mono.defer(() -> this.pictures.fetch(this.connection.baseUrl().resolve(url), this.connection.hosts()))
			.onErrorMap(IllegalArgumentException.class, error -> new ProviderException(
					ProviderFailure.of(Kind.BAD_OUTPUT, Billed.YES, "the provider named no usable URL")));
	}

	/** What marks the whole answer, or one item of it, as refused. */
	private @Nullable ProviderFailure refusal(Read read, Answer answer, JsonNode item, int index, boolean whole) {
		for (Answer.Refusal rule : answer.refusals()) {
			boolean header = rule.at().startsWith("header:");
			boolean perItem = !header && (!rule.at().startsWith("/") || rule.at().contains("{index}"));
			if (perItem == whole) {
				continue;
			}
			List<JsonNode> marks = header ? headerValues(read.headers(), rule.at().substring("header:".length()))
					: Places.find(read.json(), item, rule.at().replace("{index}", Integer.toString(index)));
			for (JsonNode mark : marks) {
				if (isMark(mark, rule)) {
					List<String> reasons = mark.isString() ? List.of(mark.asString()) : List.of();
					return new ProviderFailure(Kind.MODERATION, rule.billed(), 200,
							reasons.isEmpty() ? "the provider marked the picture as refused"
									: "the provider refused it (" + ErrorBody.ofMessage(reasons.getFirst()).message()
											+ ")",
							Optional.empty(), Optional.empty(), Optional.of(new Moderation(rule.stage(), reasons)));
				}
			}
		}
		return null;
	}

	private static List<JsonNode> headerValues(HttpHeaders headers, String name) {
		String value = headers.get(name);
		return (value != null) ? List.of(JsonNodeFactory.instance.stringNode(value)) : List.of();
	}

	private static boolean isMark(JsonNode mark, Answer.Refusal rule) {
		if (!rule.values().isEmpty()) {
			return rule.values().stream().anyMatch(value -> value.asString("").equals(mark.asString("")));
		}
		return !(mark.isNull() || (mark.isBoolean() && !mark.asBoolean()) || mark.asString("-").isEmpty()
				|| (mark.isContainer() && mark.isEmpty()));
	}

	private ProviderFailure nothing(JsonNode json, Answer answer, List<ProviderFailure> refusals) {
		if (!refusals.isEmpty()) {
			return refusals.getFirst();
		}
		Optional<JsonNode> error = answer.error()
			.flatMap(path -> Places.find(json, json, path).stream().filter(node -> !node.isNull()).findFirst());
		return error.map(this.errors::inAnswer)
			.orElseGet(() -> ProviderFailure.of(answer.empty(), answer.emptyBilled(), "the answer held no picture"));
	}

}
