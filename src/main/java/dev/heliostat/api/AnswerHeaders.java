package dev.heliostat.api;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.Output.Fit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the headers of a request say of its answer.
 *
 * @param isRaw whether the picture itself is wanted, without JSON around it
 * @param fit what to do when a size can only be approached
 */
record AnswerHeaders(boolean isRaw, Fit fit) {

	private static final String FIT_HEADER = "x-heliostat-fit";

	/**
	 * Reads them. A format that {@code Accept} names is written into a body that names
	 * none.
	 * @param json whether the answer is JSON whatever {@code Accept} says
	 * @param made whether a format can be made
	 */
	static AnswerHeaders read(ServerHttpRequest request, ObjectNode fields, boolean json, Predicate<ImageType> made) {
		Fit fit = fit(request);
		if (json || !namesPicture(request)) {
			return new AnswerHeaders(false, fit);
		}
		List<MediaType> accepted = accepted(request);
		boolean pictures = accepted.stream().anyMatch(type -> type.getType().equals("image"));
		if (!pictures || accepted.stream().anyMatch(AnswerHeaders::isJson)) {
			return new AnswerHeaders(false, fit);
		}
		if (fields.path("n").asDouble(1) > 1) {
			throw invalid("n", "n: " + fields.path("n") + " (expected: 1 where Accept asks for the picture itself)");
		}
		if (fields.path("stream").asBoolean(false)) {
			throw invalid("stream", "stream: true (expected: false where Accept asks for the picture itself)");
		}
		format(accepted, made).ifPresent(type -> {
			if (fields.path("output_format").isMissingNode() || fields.path("output_format").isNull()) {
				fields.put("output_format", type.parameterValue());
			}
		});
		return new AnswerHeaders(true, fit);
	}

	/** The policy for sizes; fails with {@code invalid_value} where it is not known. */
	static Fit fit(ServerHttpRequest request) {
		String value = request.getHeaders().getFirst(FIT_HEADER);
		return (value == null) ? Fit.NEAREST
				: Fit.named(value.strip())
					.orElseThrow(() -> invalid(FIT_HEADER,
							FIT_HEADER + ": not understood (expected: nearest, exact-crop or exact-pad)"));
	}

	/** Nearly nobody does, and without one nothing has to be understood. */
	private static boolean namesPicture(ServerHttpRequest request) {
		for (String value : request.getHeaders().getOrEmpty(HttpHeaders.ACCEPT)) {
			if (value.toLowerCase(Locale.ROOT).contains("image/")) {
				return true;
			}
		}
		return false;
	}

	/** What is accepted at all, the most wanted first. */
	private static List<MediaType> accepted(ServerHttpRequest request) {
		try {
			return request.getHeaders()
				.getAccept()
				.stream()
				.filter(type -> type.getQualityValue() > 0)
				.sorted(Comparator.comparingDouble(MediaType::getQualityValue).reversed())
				.toList();
		}
		catch (InvalidMediaTypeException ex) {
			return List.of();
		}
	}

	private static boolean isJson(MediaType type) {
		return type.getType().equals("application") && (type.getSubtype().equals("json")
				|| type.getSubtype().endsWith("+json") || type.isWildcardSubtype());
	}

	/** The format that is wanted most; empty where any will do. */
	private static Optional<ImageType> format(List<MediaType> accepted, Predicate<ImageType> made) {
		List<MediaType> pictures = accepted.stream().filter(type -> type.getType().equals("image")).toList();
		for (MediaType picture : pictures) {
			if (picture.isWildcardSubtype()) {
				return Optional.empty();
			}
			Optional<ImageType> known = ImageType.named(picture.getSubtype());
			if (known.isPresent() && (made.test(known.get()) || pictures.size() == 1)) {
				return known;
			}
		}
		throw invalid("Accept", "Accept: " + MediaType.toString(pictures)
				+ " (expected: image/png, image/jpeg, image/webp, image/gif, image/avif or image/*)");
	}

	private static RuntimeException invalid(String parameter, String message) {
		return new GatewayError.InvalidValue(parameter, message).asException();
	}

}
