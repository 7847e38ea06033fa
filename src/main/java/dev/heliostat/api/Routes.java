package dev.heliostat.api;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Every path of the client API and what handles it. Routes only.
 */
@Configuration(proxyBeanMethods = false)
class Routes {

	/** Comes before all others: pictures are asked for most often. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	RouterFunction<ServerResponse> clientRoutes(GenerationsHandler generations, ModelsHandler models,
			GenerationResource resource, WebhookHandler webhooks, MediaHandler media, BalanceHandler balance,
			PublicationHandler publications, OpenApiHandler description) {
		return RouterFunctions.route()
			.POST("/openai/v1/images/generations", Call.route(generations::generate))
			.POST("/v1/images/generations", Call.route(generations::generate))
			.POST("/openai/v1/images/edits", Call.route(generations::edit))
			.POST("/v1/images/edits", Call.route(generations::edit))
			.POST("/openai/v1/images/variations", Call.route(generations::vary))
			.POST("/v1/images/variations", Call.route(generations::vary))
			.GET("/openai/v1/models", models::list)
			.GET("/v1/models", models::list)
			.GET("/openai/v1/models/{*id}", models::get)
			.GET("/v1/models/{*id}", models::get)
			.GET("/openai/v1/generations", resource::list)
			.GET("/v1/generations", resource::list)
			.GET("/openai/v1/generations/{id}", resource::get)
			.GET("/v1/generations/{id}", resource::get)
			.DELETE("/openai/v1/generations/{id}", resource::cancel)
			.DELETE("/v1/generations/{id}", resource::cancel)
			.GET("/openai/v1/generations/{id}/deliveries", webhooks::deliveries)
			.GET("/v1/generations/{id}/deliveries", webhooks::deliveries)
			.GET("/openai/v1/balance", balance::get)
			.GET("/v1/balance", balance::get)
			.GET("/openai/v1/webhooks/secret", webhooks::secret)
			.GET("/v1/webhooks/secret", webhooks::secret)
			.POST("/openai/v1/webhooks/secret", webhooks::rotate)
			.POST("/v1/webhooks/secret", webhooks::rotate)
			.DELETE("/openai/v1/generations/{id}/media", resource::deleteMedia)
			.DELETE("/v1/generations/{id}/media", resource::deleteMedia)
			.POST("/openai/v1/generations/{id}/publication", publications::publish)
			.POST("/v1/generations/{id}/publication", publications::publish)
			.DELETE("/openai/v1/generations/{id}/publication", publications::withdraw)
			.DELETE("/v1/generations/{id}/publication", publications::withdraw)
			.GET("/media/{id}", media::get)
			.HEAD("/media/{id}", media::get)
			.GET("/openapi.json", description::json)
			.GET("/openapi.yaml", description::yaml)
			.route(RequestPredicates.path("/openai/v1/images/{action:generations|edits|variations}")
				.or(RequestPredicates.path("/v1/images/{action:generations|edits|variations}")),
					request -> Misdirected.method(request, "POST"))
			.route(RequestPredicates.path("/openai/v1/generations/{id}")
				.or(RequestPredicates.path("/v1/generations/{id}")),
					request -> Misdirected.method(request, "GET, DELETE"))
			.route(RequestPredicates.path("/openai/v1/generations/{id}/media")
				.or(RequestPredicates.path("/v1/generations/{id}/media")),
					request -> Misdirected.method(request, "DELETE"))
			.route(RequestPredicates.path("/openai/v1/generations/{id}/publication")
				.or(RequestPredicates.path("/v1/generations/{id}/publication")),
					request -> Misdirected.method(request, "POST, DELETE"))
			.route(RequestPredicates.path("/openai/v1/webhooks/secret")
				.or(RequestPredicates.path("/v1/webhooks/secret")), request -> Misdirected.method(request, "GET, POST"))
			.route(RequestPredicates.path("/openai/v1/models/**")
				.or(RequestPredicates.path("/v1/models/**"))
				.or(RequestPredicates.path("/openai/v1/generations/**"))
				.or(RequestPredicates.path("/v1/generations/**"))
				.or(RequestPredicates.path("/openai/v1/balance"))
				.or(RequestPredicates.path("/v1/balance"))
				.or(RequestPredicates.path("/media/{id}")), request -> Misdirected.method(request, "GET"))
			.build();
	}

}
