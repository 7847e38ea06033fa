package dev.heliostat.api;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import dev.heliostat.access.Caller;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What the front filter found out about a request.
 */
final class RequestAttributes {

	static final String CALLER = "heliostat.caller";

	static final String REQUEST_ID = "heliostat.request-id";

	private RequestAttributes() {
	}

	static String newRequestId() {
		return "req_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
				+ HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
	}

	static Caller caller(ServerRequest request) {
		return (Caller) request.attribute(CALLER).orElseThrow();
	}

	static String requestId(ServerRequest request) {
		return (String) request.attribute(REQUEST_ID).orElseThrow();
	}

}
