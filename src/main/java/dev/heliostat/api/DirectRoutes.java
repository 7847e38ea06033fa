package dev.heliostat.api;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * The few paths that nearly all requests go to, found by their text instead of by trying
 * every route in turn. They are routes as well, so that all others who look find them.
 */
final class DirectRoutes {

	private static final String PREFIX = "/openai";

	/**
	 * A path and what handles it.
	 */
	private record Direct(PathPattern pattern, HandlerFunction<ServerResponse> handler) {

		static Direct of(String path, HandlerFunction<ServerResponse> handler) {
			return new Direct(PathPatternParser.defaultInstance.parse(path), handler);
		}

	}

	private final Map<String, Direct> routes;

	/** Listing them anew for each request would take as long as routing it. */
	private final List<HttpMessageReader<?>> readers;

	private final ServerResponse.Context context;

	DirectRoutes(GenerationsHandler generations, ServerCodecConfigurer codecs) {
		this.routes = Map.of("/v1/images/generations", Direct.of("/v1/images/generations", generations::generate),
				PREFIX + "/v1/images/generations", Direct.of(PREFIX + "/v1/images/generations", generations::generate));
		this.readers = codecs.getReaders();
		List<HttpMessageWriter<?>> writers = codecs.getWriters();
		this.context = new ServerResponse.Context() {

			@Override
			public List<HttpMessageWriter<?>> messageWriters() {
				return writers;
			}

			@Override
			public List<ViewResolver> viewResolvers() {
				return List.of();
			}

		};
	}

	/** Handles a request; null where it goes to none of these paths. */
	@Nullable Mono<Void> handle(ServerWebExchange exchange) {
		if (exchange.getRequest().getMethod() != HttpMethod.POST) {
			return null;
		}
		Direct direct = this.routes.get(exchange.getRequest().getPath().value());
		if (direct == null) {
			return null;
		}
		ServerRequest request = ServerRequest.create(exchange, this.readers);
		exchange.getAttributes().put(RouterFunctions.REQUEST_ATTRIBUTE, request);
		exchange.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, direct.pattern);
		return direct.handler.handle(request).flatMap(answer -> answer.writeTo(exchange, this.context));
	}

}
