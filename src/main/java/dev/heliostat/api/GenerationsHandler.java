package dev.heliostat.api;

import java.util.Optional;

import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.telemetry.GatewayMeters;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes pictures from texts.
 */
class GenerationsHandler {

	private static final String SANDBOX_HEADER = "x-heliostat-sandbox";

	private final Generations generations;

	private final BodyReader bodies;

	private final GatewayMeters meters;

	GenerationsHandler(Generations generations, BodyReader bodies, GatewayMeters meters) {
		this.generations = generations;
		this.bodies = bodies;
		this.meters = meters;
	}

	Mono<ServerResponse> generate(ServerRequest request) {
		return this.bodies.object(request).flatMap(json -> {
			GenerationBody body = GenerationBody.read(json);
			Order order = new Order(RequestAttributes.caller(request), RequestAttributes.requestId(request),
					body.request(), body.preferences(), body.form(),
					Optional.ofNullable(request.headers().firstHeader(SANDBOX_HEADER)));
			if (isDryRun(request)) {
				ObjectNode estimate = DryRunBody.of(order, this.generations.plan(order));
				return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(estimate);
			}
			return body.stream() ? EventStream.of(this.generations.generate(order))
					: this.generations.generate(order).flatMap(this::answer);
		});
	}

	private static boolean isDryRun(ServerRequest request) {
		return request.queryParam("dryRun").filter(value -> value.isEmpty() || value.equals("true")).isPresent();
	}

	private Mono<ServerResponse> answer(Generation generation) {
		ImagesBody body = ImagesBody.of(generation);
		return ServerResponse.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.contentLength(body.length())
			.headers(headers -> GenerationHeaders.set(headers, generation))
			.build((exchange, context) -> exchange.getResponse()
				.writeWith(body.bytes())
				.doOnSuccess(written -> this.meters.bytesOut(body.length())))
			.doOnError(error -> generation.release());
	}

}
