package dev.heliostat.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/**
 * A provider that answers with pictures at once.
 * <p>
 * Knobs: {@code fewer} (one picture less than was asked for, but at least one), and those
 * of {@link ProviderSimulator}.
 */
abstract class SyncSimulator extends CheckedSimulator {

	protected static final PictureSize SQUARE = new PictureSize(1024, 1024);

	protected SyncSimulator(int port) {
		super(port);
	}

	/**
	 * What one path accepts.
	 *
	 * @param rules for the fields
	 * @param json whether JSON may be sent
	 * @param form whether a form may be sent
	 * @param most how many pictures a form may hold, masks aside
	 * @param files the parts of a form that are pictures
	 * @param demanded those of them that must be there
	 */
	protected record Door(InputRules rules, boolean json, boolean form, int most, List<String> files,
			List<String> demanded) {

		static Door json(InputRules rules) {
			return new Door(rules, true, false, 0, List.of(), List.of());
		}

		static Door form(InputRules rules, int most, String... files) {
			return new Door(rules, false, true, most, List.of(files), List.of());
		}

		Door orJson() {
			return new Door(this.rules, true, this.form, this.most, this.files, this.demanded);
		}

		/** Demands parts; names with a bar between them stand in for each other. */
		Door demand(String... names) {
			return new Door(this.rules, this.json, this.form, this.most, this.files, List.of(names));
		}

	}

	/**
	 * A request that its path accepts.
	 *
	 * @param received as it came
	 * @param input its fields
	 * @param scenario its knobs
	 */
	protected record Call(Received received, JsonNode input, Scenario scenario) {

		String path() {
			return this.received.plainPath();
		}

		String text(String field, String otherwise) {
			return this.input.path(field).asString(otherwise);
		}

		/** The picture that a form holds in the first part of that name. */
		Optional<byte[]> file(String name) {
			return this.received.parts()
				.stream()
				.filter(part -> part.name().equals(name) && !part.filename().isEmpty())
				.map(Part::bytes)
				.findFirst();
		}

		/** The number of pictures to answer with. */
		int count(int asked) {
			return this.scenario.has("empty") ? 0 : this.scenario.has("fewer") ? Math.max(1, asked - 1) : asked;
		}

		/**
		 * Whether the picture at an index is to be marked: all are, or
		 * {@code moderated=some} the first.
		 */
		boolean isMarked(int index) {
			return this.scenario.has("moderated")
					&& (!this.scenario.text("moderated", "").equals("some") || index == 0);
		}

		/**
		 * Whether {@code moderated} has a value, or none where that value is the usual
		 * one.
		 */
		boolean isModerated(String value, boolean usual) {
			String text = this.scenario.text("moderated", "no");
			return text.equals(value) || usual && text.isEmpty();
		}

	}

	/** What a path accepts; empty where there is no such path. */
	protected abstract Optional<Door> door(String path);

	/** An error in the provider's own form. */
	protected abstract Mono<Void> error(HttpServerResponse response, int status, String message);

	@Override
	protected Mono<Void> unauthorized(HttpServerResponse response) {
		return error(response, 401, words(401));
	}

	/** Refuses a request that is not as the documentation says. */
	protected Mono<Void> invalid(Received received, InputRules.Fault fault, HttpServerResponse response) {
		return error(response, 400, fault.text());
	}

	protected Mono<Void> unknownPath(Received received, HttpServerResponse response) {
		return error(response, 404, "There is nothing at " + received.plainPath());
	}

	/** Answers with the status that the scenario names. */
	protected Mono<Void> refuse(Call call, int status, HttpServerResponse response) {
		return error(response, status, words(status));
	}

	protected abstract Mono<Void> make(Call call, HttpServerResponse response);

	/** A fault between fields that are right on their own. */
	protected Optional<InputRules.Fault> conflict(Call call) {
		return Optional.empty();
	}

	@Override
	protected boolean isSubmission(Received received) {
		return received.method().equals("POST") && door(received.plainPath()).isPresent();
	}

	@Override
	protected String prompt(Received received) {
		return isForm(received) ? received.parts()
			.stream()
			.filter(part -> part.name().equals("prompt"))
			.map(Part::text)
			.findFirst()
			.orElse("") : promptOf(parsed(received));
	}

	protected String promptOf(JsonNode input) {
		return input.path("prompt").asString("");
	}

	@Override
	protected Mono<Void> serve(Received received, Scenario scenario, HttpServerResponse response) {
		Optional<Door> found = door(received.plainPath());
		if (found.isEmpty()) {
			return unknownPath(received, response);
		}
		Door door = found.get();
		if (!received.method().equals("POST")) {
			return invalid(received, fault("method", "Only POST is allowed"), response);
		}
		boolean form = isForm(received);
		String type = received.headers().getOrDefault("content-type", "");
		if (form ? !door.form() : !door.json() || !type.startsWith("application/json")) {
			return invalid(received, fault("content-type", "Content type '" + type + "' is not supported"), response);
		}
		Call call = new Call(received, form ? door.rules().form(received.parts()) : parsed(received), scenario);
		Optional<InputRules.Fault> fault = door.rules()
			.check(call.input())
			.or(() -> form ? uploads(received, door.most(), door.files()) : Optional.empty())
			.or(() -> form ? missing(call, door) : Optional.empty())
			.or(() -> conflict(call));
		if (fault.isPresent()) {
			return invalid(received, fault.get(), response);
		}
		return scenario.has("status") ? refuse(call, code(scenario, response), response) : make(call, response);
	}

	private static Optional<InputRules.Fault> missing(Call call, Door door) {
		return door.demanded()
			.stream()
			.filter(names -> Arrays.stream(names.split("\\|")).noneMatch(name -> call.file(name).isPresent()))
			.map(names -> fault(names.split("\\|")[0], "Field required"))
			.findFirst();
	}

	protected static boolean isForm(Received received) {
		return received.headers().getOrDefault("content-type", "").startsWith("multipart/form-data");
	}

	protected static InputRules.Fault fault(String field, String message) {
		return new InputRules.Fault(field, "value_error", message);
	}

	/** A picture that is behind a URL or in a data URL. */
	protected static InputRules.Rule link() {
		return InputRules.either(InputRules.url(), InputRules.dataUrl());
	}

	/** A picture in base64 without a prefix. */
	protected static InputRules.Rule plainBase64() {
		return (field, value) -> value.asString("").startsWith("data:")
				? Optional.of(fault(field, "Input should be base64 without a prefix"))
				: InputRules.encoded().check(field, value);
	}

	/** Text of so many characters at most. */
	protected static InputRules.Rule textUpTo(int most) {
		return (field, value) -> InputRules.text()
			.check(field, value)
			.or(() -> (value.asString().length() <= most) ? Optional.empty()
					: Optional.of(fault(field, "String should have at most " + most + " characters")));
	}

	/** Any whole number. */
	protected static InputRules.Rule anyInteger() {
		return InputRules.integer(Long.MIN_VALUE, Long.MAX_VALUE);
	}

	/** The size of a picture that was sent. */
	protected static PictureSize sizeOf(byte[] picture) {
		try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(picture))) {
			Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
			if (!readers.hasNext()) {
				return SQUARE;
			}
			ImageReader reader = readers.next();
			reader.setInput(stream);
			PictureSize size = new PictureSize(reader.getWidth(0), reader.getHeight(0));
			reader.dispose();
			return size;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Words for a status. */
	protected static String words(int status) {
		return switch (status) {
			case 400 -> "The request is invalid.";
			case 401 -> "The API key is invalid.";
			case 402 -> "The account has insufficient credits.";
			case 403 -> "The key has no permission for this.";
			case 404 -> "The model does not exist.";
			case 408 -> "The request timed out.";
			case 413 -> "The request is too large.";
			case 422 -> "The request cannot be processed.";
			case 429 -> "Too many requests, slow down.";
			case 503 -> "The model is overloaded, try again later.";
			case 504 -> "The deadline was exceeded.";
			default -> "An internal error occurred.";
		};
	}

}
