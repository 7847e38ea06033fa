package dev.heliostat.admin;

import dev.heliostat.api.AdminRequests;
import dev.heliostat.generation.Publications;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The path of the admin API that removes pictures from galleries.
 */
@Configuration(proxyBeanMethods = false)
class GalleryRoutes {

	@Bean
	RouterFunction<ServerResponse> galleryRouter(Publications publications) {
		return RouterFunctions.route()
			.DELETE("/admin/v1/publications/{id}",
					request -> publications.forbid(AdminRequests.actor(request), request.pathVariable("id"))
						.then(Mono.defer(() -> ServerResponse.noContent().build())))
			.build();
	}

}
