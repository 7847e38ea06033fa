package dev.heliostat.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;

import org.apache.commons.fileupload.FileItemIterator;
import org.apache.commons.fileupload.FileItemStream;
import org.apache.commons.fileupload.FileUpload;
import org.apache.commons.fileupload.FileUploadBase;
import org.apache.commons.fileupload.FileUploadException;
import org.apache.commons.fileupload.UploadContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
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

	private static final int MOST_PARTS = 100;

	private static final int LONGEST_TEXT = 1024 * 1024;

	/** Each upload waits for its client on a virtual thread. */
	private static final Scheduler WAITING = Schedulers.fromExecutorService(Executors.newVirtualThreadPerTaskExecutor(),
			"heliostat-upload");

	private final PictureReader pictures;

	private final BodyReader json;

	private final long limit;

	UploadReader(PictureReader pictures, BodyReader json, long limit) {
		this.pictures = pictures;
		this.json = json;
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

		void release() {
			this.images.forEach(image -> image.content().release());
			this.mask.ifPresent(image -> image.content().release());
		}

	}

	Mono<Upload> read(ServerRequest request) {
		if (request.headers().contentLength().orElse(0) > this.limit) {
			return Mono.error(tooLarge());
		}
		MediaType type = BodyReader.contentType(request);
		if (type != null && type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA)) {
			return multipart(request, type);
		}
		this.json.checkJson(request, type, "multipart/form-data or application/json");
		Flux<DataBuffer> body = limited(request.bodyToFlux(DataBuffer.class));
		return this.pictures.extract(body, Set.of(), URL_MEMBERS)
			.onErrorMap(NoPictureException.class, error -> invalid("image", "image: " + error.getMessage()))
			.flatMap(extracted -> JsonPictures.resolve(this.pictures, extracted));
	}

	private Flux<DataBuffer> limited(Flux<DataBuffer> body) {
		return Flux.defer(() -> {
			long[] read = { 0 };
			return body.map(buffer -> {
				read[0] += buffer.readableByteCount();
				if (read[0] > this.limit) {
					DataBufferUtils.release(buffer);
					throw tooLarge();
				}
				return buffer;
			});
		});
	}

	private Mono<Upload> multipart(ServerRequest request, MediaType type) {
		if (type.getParameter("boundary") == null) {
			return Mono.error(
					invalid("body", "Content-Type: multipart/form-data has no boundary. Let the HTTP client set it."));
		}
		InputStream stream = DataBufferUtils.subscriberInputStream(request.bodyToFlux(DataBuffer.class), 8);
		return Mono.fromCallable(() -> parse(stream, type.toString()))
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
		Throwable cause = (error.getCause() instanceof FileUploadException inner) ? inner : error;
		if (cause instanceof FileUploadBase.SizeLimitExceededException) {
			return tooLarge();
		}
		if (cause instanceof FileUploadException || cause instanceof IOException) {
			return invalid("body", "The multipart body is broken or cut off. Send it again, whole.");
		}
		return error;
	}

	/** Runs on a thread that may wait. */
	private Upload parse(InputStream stream, String contentType) throws IOException, FileUploadException {
		FileUpload upload = new FileUpload();
		upload.setSizeMax(this.limit);
		FormFields fields = new FormFields();
		List<InputImage> images = new ArrayList<>();
		InputImage mask = null;
		try {
			FileItemIterator parts = upload.getItemIterator(new Body(stream, contentType));
			int count = 0;
			while (parts.hasNext()) {
				FileItemStream part = parts.next();
				if (++count > MOST_PARTS) {
					throw invalid("body", "The body has more than " + MOST_PARTS + " parts. Send fewer.");
				}
				String name = (part.getFieldName() != null) ? part.getFieldName() : "";
				switch (FormFields.base(name)) {
					case "image", "images" -> images.add(picture("image", part));
					case "mask" -> {
						if (mask != null) {
							throw invalid("mask", "mask: sent twice (expected: once)");
						}
						mask = picture("mask", part);
					}
					default -> fields.add(name, text(part));
				}
			}
			return new Upload(fields.json(), images, Optional.ofNullable(mask));
		}
		catch (IOException | FileUploadException | RuntimeException ex) {
			images.forEach(image -> image.content().release());
			if (mask != null) {
				mask.content().release();
			}
			throw ex;
		}
	}

	private InputImage picture(String parameter, FileItemStream part) throws IOException {
		try (InputStream stream = part.openStream()) {
			Picture picture = this.pictures.read(stream);
			return new InputImage(picture.content(), picture.type(), picture.size());
		}
		catch (NoPictureException ex) {
			throw invalid(parameter, parameter + ": " + ex.getMessage());
		}
	}

	private static String text(FileItemStream part) throws IOException {
		if (part.getName() != null && !part.getName().isEmpty()) {
			throw new GatewayError.UnknownParameter(part.getFieldName(),
					part.getFieldName() + ": a file (expected: files only as image, image[] and mask). Leave it out.")
				.asException();
		}
		try (InputStream stream = part.openStream()) {
			byte[] bytes = stream.readNBytes(LONGEST_TEXT + 1);
			if (bytes.length > LONGEST_TEXT) {
				throw invalid(part.getFieldName(), part.getFieldName() + ": longer than " + LONGEST_TEXT + " bytes");
			}
			return new String(bytes, StandardCharsets.UTF_8);
		}
	}

	private RuntimeException tooLarge() {
		return new GatewayError.RequestTooLarge("The body is larger than " + this.limit
				+ " bytes. Send fewer or smaller pictures; the operator may raise heliostat.api.max-upload.")
			.asException();
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
	 * A body as the parser wants it.
	 *
	 * @param stream the bytes
	 * @param contentType with the boundary
	 */
	private record Body(InputStream stream, String contentType) implements UploadContext {

		@Override
		public String getCharacterEncoding() {
			return "UTF-8";
		}

		@Override
		public String getContentType() {
			return this.contentType;
		}

		/** Not known: chunked bodies come too, so the size is watched while reading. */
		@Override
		public int getContentLength() {
			return -1;
		}

		@Override
		public long contentLength() {
			return -1;
		}

		@Override
		public InputStream getInputStream() {
			return this.stream;
		}

	}

}
