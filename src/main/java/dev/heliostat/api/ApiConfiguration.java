package dev.heliostat.api;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import dev.heliostat.access.Budgets;
import dev.heliostat.access.Callers;
import dev.heliostat.access.ClientAddress;
import dev.heliostat.access.Doorkeeper;
import dev.heliostat.access.Limits;
import dev.heliostat.access.SecretKey;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Publications;
import dev.heliostat.generation.WebhookMessages;
import dev.heliostat.media.EgressGuard;
import dev.heliostat.media.MediaStore;
import dev.heliostat.media.PictureReader;
import dev.heliostat.media.Spool;
import dev.heliostat.media.Transcoder;
import dev.heliostat.provider.Providers;
import dev.heliostat.telemetry.GatewayMeters;
import dev.heliostat.telemetry.TraceExport;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;

/**
 * Wires the client API.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ ApiProperties.class, LimitsProperties.class })
class ApiConfiguration {

	@Bean
	FrontDoor frontDoor(Doorkeeper doorkeeper, ClientAddress addresses, Environment environment) {
		return new FrontDoor(doorkeeper, addresses, TraceExport.isOn(environment));
	}

	@Bean
	FrontFilter frontFilter(FrontDoor door) {
		return new FrontFilter(door);
	}

	/**
	 * Not where WebFlux does more with a request: where it writes spans, answers
	 * browsers, or reads what a proxy says of the client.
	 */
	@Bean
	WebHttpHandlerBuilderCustomizer directWay(FrontDoor door, GenerationsHandler generations, ErrorAnswers errors,
			MeterRegistry meters, Environment environment, ApiProperties properties,
			ObjectProvider<ForwardedHeaderTransformer> forwarded) {
		boolean possible = !TraceExport.isOn(environment) && properties.corsOrigins().isEmpty()
				&& forwarded.getIfAvailable() == null;
		RequestTimers timers = new RequestTimers(meters);
		return possible
				? builder -> builder
					.httpHandlerDecorator(others -> new DirectWay(others, door, generations, errors, timers))
				: builder -> {
				};
	}

	@Bean
	ErrorAnswers errorAnswers() {
		return new ErrorAnswers();
	}

	@Bean
	Connections connections(LimitsProperties limits) {
		return new Connections(limits);
	}

	@Bean
	ImagesReader imagesReader(ApiProperties properties, LimitsProperties limits, PictureReader pictures,
			Transcoder transcoder) {
		LimitedJson json = new LimitedJson(limits);
		RequestBytes bytes = new RequestBytes(limits.gzipRatio());
		return new ImagesReader(new BodyReader(json, bytes, (int) properties.maxBody().toBytes()),
				new UploadReader(pictures, json, bytes, limits, properties.maxUpload().toBytes()), transcoder);
	}

	@Bean
	GenerationsHandler generationsHandler(Generations generations, ImagesReader reader, SecretKey secret,
			GatewayMeters meters, EgressGuard guard, Budgets budgets, Limits limits) {
		return new GenerationsHandler(generations, reader, new RepeatReader(secret), meters, guard, budgets, limits);
	}

	@Bean
	GenerationResource generationResource(OwnGenerations generations) {
		return new GenerationResource(generations);
	}

	@Bean
	WebhookHandler webhookHandler(WebhookMessages messages, OwnGenerations generations) {
		return new WebhookHandler(messages, generations);
	}

	@Bean
	PublicationHandler publicationHandler(Publications publications, AdminRequests requests) {
		return new PublicationHandler(publications, requests);
	}

	@Bean
	BalanceHandler balanceHandler(Budgets budgets) {
		return new BalanceHandler(budgets);
	}

	@Bean
	OrderReader orderReader(ImagesReader reader) {
		return new OrderReader(reader);
	}

	@Bean
	AdminRequests adminRequests(ApiProperties properties, LimitsProperties limits, SecretKey secret) {
		return new AdminRequests(new BodyReader(new LimitedJson(limits), new RequestBytes(limits.gzipRatio()),
				(int) properties.maxBody().toBytes()), secret);
	}

	@Bean
	FormOrders formOrders(ApiProperties properties, LimitsProperties limits, PictureReader pictures, Spool spool,
			SecretKey secret) {
		LimitedJson json = new LimitedJson(limits);
		UploadReader uploads = new UploadReader(pictures, json, new RequestBytes(limits.gzipRatio()), limits,
				properties.maxUpload().toBytes());
		return new FormOrders(uploads, json, spool, new RepeatReader(secret));
	}

	@Bean
	ModelsHandler modelsHandler(Catalogs catalogs, Providers providers) {
		return new ModelsHandler(catalogs, new ModelBody(providers));
	}

	@Bean
	OpenApiHandler openApiHandler() {
		return new OpenApiHandler();
	}

	@Bean
	MediaHandler mediaHandler(MediaStore media, Callers callers) {
		return new MediaHandler(media, callers, Clock.systemUTC());
	}

	/** Browsers ask before they send SDK headers; SDKs in browsers read ours. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnProperty("heliostat.api.cors-origins")
	CorsWebFilter corsFilter(ApiProperties properties) {
		CorsConfiguration cors = new CorsConfiguration();
		cors.setAllowedOrigins(properties.corsOrigins());
		cors.setAllowedMethods(List.of("GET", "POST", "DELETE"));
		cors.setAllowedHeaders(List.of("*"));
		cors.setExposedHeaders(List.of("x-request-id", "openai-processing-ms", "x-heliostat-provider",
				"x-heliostat-model", "x-heliostat-generation", "x-heliostat-cost-micros", "x-heliostat-attempts",
				"x-heliostat-warning", "x-heliostat-budget-warning", "x-should-retry", "retry-after", "location",
				"x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
				"x-ratelimit-limit-images", "x-ratelimit-remaining-images", "x-ratelimit-reset-images"));
		cors.setMaxAge(Duration.ofHours(1));
		return new CorsWebFilter(request -> cors);
	}

}
