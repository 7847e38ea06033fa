package dev.heliostat.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

import org.apache.commons.fileupload.FileItemIterator;
import org.apache.commons.fileupload.FileItemStream;
import org.apache.commons.fileupload.FileUpload;
import org.apache.commons.fileupload.FileUploadException;
import org.apache.commons.fileupload.InvalidFileNameException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.InputImage;
import dev.heliostat.media.NoPictureException;
import dev.heliostat.media.PictureReader;
import dev.heliostat.media.PictureReader.Picture;

/**
 * Reads bodies that bring pictures along, multipart or JSON. Parts come in any order,
 * with or without a filename; what a part says of its type is ignored, the bytes are
 * looked at. Pictures go to the spool while they arrive.
 */
final class UploadReader {

	private static final Set<String> URL_MEMBERS = Set.of("image_url", "image", "images", "mask", "url");

	private static final String SETTING = "heliostat.api.max-upload";

	/** Each upload waits for its client on a virtual thread. */
	private static final Scheduler WAITING = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor(),
			"heliostat-upload");

	private final PictureReader pictures;

	private final LimitedJson json;

	private final RequestBytes bytes;

	private final LimitsProperties limits;

	private final long limit;

	UploadReader(PictureReader pictures, LimitedJson json, RequestBytes bytes, LimitsProperties limits, long limit) {
		this.pictures = pictures;
		this.json = json;
		this.bytes = bytes;
		this.limits = limits;
		this.limit = limit;
	}

	/**
	 * A body with its pictures.
	 *
	 * @param fields everything but the pictures
	 * @param images the pictures in the order in which they came
	 * @param mask the mask
	 */
	record Upload(ObjectNode fields, List<InputImage> images, Optional<InputImage> mask) {

		Upload with(ObjectNode others) {
			return new Upload(others, this.images, this.mask);
		}

		void release() {
			this.images.forEach(image -> image.content().release());
			this.mask.ifPresent(image -> image.content().release());
		}

	}

	Mono<Upload> read(ServerHttpRequest request) {
		return Mono.defer(() -> {
			MediaType type = BodyReader.contentType(request);
			if (type != null && type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA)) {
				checkBoundary(type);
				return multipart(this.bytes.of(request, this.limit, SETTING), type);
			}
			BodyReader.checkJson(type, "multipart/form-data or application/json");
			return this.pictures
				.extract(this.bytes.of(request, this.limit, SETTING), Set.of(), URL_MEMBERS, this.json::read)
				.onErrorMap(NoPictureException.class, error -> invalid("image", "image: " + error.getMessage()))
				.flatMap(extracted -> JsonPictures.resolve(this.pictures, extracted));
		});
	}

	private void checkBoundary(MediaType type) {
		String boundary = type.getParameter("boundary");
		if (boundary == null) {
			throw invalid("body", "Content-Type: multipart/form-data has no boundary. Let the HTTP client set it.");
		}
		if (boundary.length() > this.limits.boundaryLength()) {
			throw invalid("body", "Content-Type: a boundary of " + boundary.length() + " characters (expected: at most "
					+ this.limits.boundaryLength() + ", heliostat.limits.boundary-length)");
		}
	}

	private Mono<Upload> multipart(Flux<DataBuffer> body, MediaType type) {
		return Mono.defer(() -> {
			FormFields fields = new FormFields(this.json);
			return multipart(body, type, fields::add).map(pictures -> pictures.with(fields.json()));
		});
	}

	/**
	 * A form of a page.
	 * @param texts told of each text
	 * @return its pictures, without any fields
	 */
	Mono<Upload> form(ServerHttpRequest request, MediaType type, BiConsumer<String, String> texts) {
		return Mono.defer(() -> {
			checkBoundary(type);
			return multipart(this.bytes.of(request, this.limit, SETTING), type, texts);
		});
	}

	private Mono<Upload> multipart(Flux<DataBuffer> body, MediaType type, BiConsumer<String, String> texts) {
		InputStream stream = DataBufferUtils.subscriberInputStream(body, 8);
		return Mono.fromCallable(() -> parse(stream, type.toString(), texts))
			.subscribeOn(WAITING)
			.doOnDiscard(Upload.class, Upload::release)
			.doFinally(end -> close(stream))
			.onErrorMap(error -> !(error instanceof GatewayException), this::explained);
	}

	private static void close(InputStream stream) {
		WAITING.schedule(() -> {
			try {
				stream.close();
			}
			catch (IOException ex) {
				// The client is gone, and nobody waits for the rest.
			}
		});
	}

	private Throwable explained(Throwable error) {
		Throwable broken = error;
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof GatewayException) {
				return cause;
			}
			if (cause instanceof FileUploadException || cause instanceof IOException) {
				broken = invalid("body",
						String.valueOf(cause.getMessage()).startsWith("Header section has more than")
								? "A part's headers have more than " + this.limits.partHeader().toBytes()
										+ " bytes (heliostat.limits.part-header). Send shorter names of files."
								: "The multipart body is broken or cut off. Send it again, whole.");
			}
		}
		return broken;
	}

	/** Runs on a thread that may wait. */
	private Upload parse(InputStream stream, String contentType, BiConsumer<String, String> texts)
			throws IOException, FileUploadException {
		FileUpload upload = new StrictUpload();
		upload.setPartHeaderSizeMax((int) this.limits.partHeader().toBytes());
		List<InputImage> images = new ArrayList<>();
		InputImage mask = null;
		try {
			FileItemIterator parts = upload.getItemIterator(new FormBody(stream, contentType));
			int count = 0;
			while (parts.hasNext()) {
				FileItemStream part = parts.next();
				if (++count > this.limits.parts()) {
					throw invalid("body", "The body has more than " + this.limits.parts()
							+ " parts (heliostat.limits.parts). Send fewer.");
				}
				String name = (part.getFieldName() != null) ? part.getFieldName() : "";
				if (name.length() > this.limits.nameLength()) {
					throw invalid("body", "A part's name has more than " + this.limits.nameLength()
							+ " characters (heliostat.limits.name-length). Send a parameter's name.");
				}
				switch (FormFields.base(name)) {
					case "image", "images" -> picture("image", part).ifPresent(images::add);
					case "mask" -> {
						if (mask != null) {
							throw invalid("mask", "mask: sent twice (expected: once)");
						}
						mask = picture("mask", part).orElse(null);
					}
					default -> texts.accept(name, text(part));
				}
			}
			return new Upload(JsonNodeFactory.instance.objectNode(), images, Optional.ofNullable(mask));
		}
		catch (IOException | FileUploadException | RuntimeException ex) {
			images.forEach(image -> image.content().release());
			if (mask != null) {
				mask.content().release();
			}
			throw ex;
		}
	}

	/** Empty where a browser's form has a place for a file, and none was chosen. */
	private Optional<InputImage> picture(String parameter, FileItemStream part) throws IOException {
		try (PushbackInputStream stream = new PushbackInputStream(part.openStream())) {
			int first = stream.read();
			if (first < 0 && part.getName() != null && part.getName().isEmpty()) {
				return Optional.empty();
			}
			if (first >= 0) {
				stream.unread(first);
			}
			Picture picture = this.pictures.read(stream);
			return Optional.of(new InputImage(picture.content(), picture.type(), picture.size()));
		}
		catch (NoPictureException ex) {
			throw invalid(parameter, parameter + ": " + ex.getMessage());
		}
	}

	private String text(FileItemStream part) throws IOException {
		if (isFile(part)) {
			throw new GatewayError.UnknownParameter(part.getFieldName(),
					part.getFieldName() + ": a file (expected: files only as image, image[] and mask). Leave it out.")
				.asException();
		}
		try (InputStream stream = part.openStream()) {
			byte[] bytes = stream.readNBytes(this.limits.textLength() + 1);
			if (bytes.length > this.limits.textLength()) {
				throw invalid(part.getFieldName(), part.getFieldName() + ": too long (expected: at most "
						+ this.limits.textLength() + " bytes, heliostat.limits.text-length)");
			}
			return new String(bytes, StandardCharsets.UTF_8);
		}
	}

	private static boolean isFile(FileItemStream part) {
		try {
			return part.getName() != null && !part.getName().isEmpty();
		}
		catch (InvalidFileNameException ex) {
			return true;
		}
	}

	static RuntimeException invalid(String parameter, String message) {
		return new GatewayError.InvalidValue(parameter, message).asException();
	}

	static InputImage input(Picture picture) {
		return new InputImage(picture.content(), picture.type(), picture.size());
	}

	/** Whether a node is a text that names a picture. */
	static boolean isText(JsonNode node) {
		return node.isString() && !node.asString().isBlank();
	}

	/**
	 * Refuses a form within the form that names no boundary, over which the library
	 * stumbles.
	 */
	private static final class StrictUpload extends FileUpload {

		@Override
		protected byte[] getBoundary(String contentType) {
			byte[] boundary = super.getBoundary(contentType);
			if (boundary == null) {
				throw invalid("body",
						"A part is a form itself and names no boundary. Send pictures as parts of their own.");
			}
			return boundary;
		}

	}

}
