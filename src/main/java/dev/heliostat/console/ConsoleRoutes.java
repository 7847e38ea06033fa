package dev.heliostat.console;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Every page, who may see it, and what makes it. Routes only.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "heliostat.console.enabled", matchIfMissing = true)
class ConsoleRoutes {

	@Bean
	RouterFunction<ServerResponse> pages(Doorkeeper door, Assets assets, SignIn signIn, ModelListPage list,
			ModelPages models, DocumentPages documents, Playground playground, GenerationPages generations,
			GalleryPages gallery, BenchmarkPages benchmarks, ArenaPages arena) {
		return RouterFunctions.route()
			.GET("/", request -> ServerResponse.status(HttpStatus.SEE_OTHER).header("location", "/models").build())
			.GET("/assets/{file}", assets::serve)
			.GET("/sign-in", door.open(signIn::page))
			.POST("/sign-in", signIn::enter)
			.POST("/sign-out", door.known(signIn::leave))
			.GET("/models", door.catalog(list::list))
			.GET("/models/{creator}/{slug}", door.catalog(models::overview))
			.GET("/models/{creator}/{slug}/{part}", door.catalog(models::part))
			.GET("/playground", door.maker(playground::page))
			.POST("/playground", door.maker(playground::run))
			.POST("/playground/form", door.maker(playground::form))
			.POST("/playground/price", door.maker(playground::price))
			.GET("/generations", door.maker(GenerationPages.ENDPOINT, generations::list))
			.GET("/generations/{id}", door.maker(GenerationPages.ENDPOINT, generations::one))
			.GET("/generations/{id}/state", door.maker(generations::state))
			.GET("/generations/{id}/looks/{picture}", door.maker(generations::look))
			.POST("/generations/{id}/cancel", door.maker(GenerationPages.ENDPOINT, generations::cancel))
			.GET("/models/{creator}/{slug}/gallery/previews/{index}", door.catalog(gallery::preview))
			.POST("/generations/{id}/publication", door.maker(GenerationPages.ENDPOINT, gallery::publish))
			.POST("/generations/{id}/publication/withdraw", door.maker(GenerationPages.ENDPOINT, gallery::withdraw))
			.POST("/models/{creator}/{slug}/benchmarks/quote", door.making(benchmarks::quote))
			.POST("/models/{creator}/{slug}/benchmarks", door.making(benchmarks::start))
			.GET("/benchmarks/{id}", door.maker(benchmarks::one))
			.GET("/benchmarks/{id}/results.csv", door.maker(benchmarks::csv))
			.POST("/benchmarks/{id}/stop", door.maker(benchmarks::stop))
			.GET("/arena", door.known(arena::page))
			.POST("/arena", door.making(arena::start))
			.GET("/arena/votes.csv", door.known(arena::export))
			.GET("/arena/votes.jsonl", door.known(arena::export))
			.GET("/arena/{id}", door.maker(arena::duel))
			.POST("/arena/{id}/vote", door.maker(arena::vote))
			.GET("/llms.txt", door.catalog(models::index))
			.GET("/docs", door.open(documents::index))
			.GET("/docs/{name}", door.open(documents::document))
			.build();
	}

}
