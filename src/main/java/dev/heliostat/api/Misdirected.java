package dev.heliostat.api;

import dev.heliostat.image.GatewayError;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Answers requests that came to the right place in the wrong way, or to no place at all.
 */
final class Misdirected {

	private Misdirected() {
	}

	static Mono<ServerResponse> method(ServerRequest request, String allowed) {
		return Mono.error(new GatewayError.MethodNotAllowed(
				request.method().name() + " is not possible at " + request.path() + ". Use " + allowed + ".", allowed)
			.asException());
	}

	static GatewayError nowhere(String method, String path) {
		String shown = (path.length() <= 100) ? path : path.substring(0, 100) + "…";
		if (path.matches("(/openai)?/v1/files(/.*)?")) {
			return new GatewayError.UnknownUrl(
					"Files are not kept here. Send the picture itself with the request: as image in a form, or as image_url.");
		}
		return new GatewayError.UnknownUrl("There is nothing at " + method + " " + shown
				+ ". The base URL of SDKs ends with /openai/v1; pictures are made at POST /openai/v1/images/generations.");
	}

}
