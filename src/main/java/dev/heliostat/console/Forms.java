package dev.heliostat.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads what a form of a page sent, and refuses what another site's page might have sent.
 */
final class Forms {

	/** The field that shows where a form comes from. */
	static final String TOKEN = "_token";

	/** Forms that hold texts only are not larger. */
	private static final long MOST = 1_000_000;

	private Forms() {
	}

	/** The fields of a form of this visitor; fails when it is somebody else's. */
	static Mono<MultiValueMap<String, String>> read(ServerRequest request) {
		return fields(request).doOnNext(fields -> check(request, Visitor.of(request).token(), first(fields, TOKEN)));
	}

	private static Mono<MultiValueMap<String, String>> fields(ServerRequest request) {
		if (!isMultipart(request)) {
			return unchecked(request);
		}
		if (request.headers().contentLength().orElse(Long.MAX_VALUE) > MOST) {
			return Mono.error(new GatewayError.RequestTooLarge(
					"The form is larger than 1 MB. Shorten what is entered, and send it again.")
				.asException());
		}
		return request.multipartData().map(Forms::texts);
	}

	/**
	 * The texts of a form, whatever files come along; its length was looked at before.
	 */
	static Mono<MultiValueMap<String, String>> texts(ServerRequest request) {
		return isMultipart(request) ? request.multipartData().map(Forms::texts) : unchecked(request);
	}

	static boolean isMultipart(ServerRequest request) {
		return request.headers()
			.contentType()
			.filter(type -> type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA))
			.isPresent();
	}

	/** The texts among the parts of a form. */
	static MultiValueMap<String, String> texts(MultiValueMap<String, Part> parts) {
		MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
		parts.forEach((name, values) -> values.forEach(part -> {
			if (part instanceof FormFieldPart text) {
				fields.add(name, text.value());
			}
		}));
		return fields;
	}

	/** The fields of a form, wherever it comes from. */
	static Mono<MultiValueMap<String, String>> unchecked(ServerRequest request) {
		boolean simple = request.headers()
			.contentType()
			.filter(type -> type.isCompatibleWith(MediaType.APPLICATION_FORM_URLENCODED))
			.isPresent();
		return simple ? request.formData() : Mono.just(new LinkedMultiValueMap<>());
	}

	/** Fails when a form is not from a page of this visitor. */
	static void check(ServerRequest request, String expected, String token) {
		String site = request.headers().firstHeader("sec-fetch-site");
		boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
		boolean fits = !expected.isEmpty() && MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
				token.getBytes(StandardCharsets.UTF_8));
		if (foreign || !fits) {
			throw new GatewayError.KeyNotAllowed(
					"This form is not from a page that you have open here, or from before you signed in with another key. "
							+ "Go back, reload the page, and send it again.")
				.asException();
		}
	}

	/** A field's first value; empty where it was not sent. */
	static String first(MultiValueMap<String, String> fields, String name) {
		String value = fields.getFirst(name);
		return (value != null) ? value : "";
	}

}
