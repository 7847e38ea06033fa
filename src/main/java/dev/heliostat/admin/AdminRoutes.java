package dev.heliostat.admin;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import dev.heliostat.catalog.ReloadingCatalogs;

/**
 * Every path of the admin API and what handles it.
 */
@Configuration(proxyBeanMethods = false)
class AdminRoutes {

	@Bean
	RouterFunction<ServerResponse> adminRouter(ReloadingCatalogs catalogs) {
		CatalogHandler catalog = new CatalogHandler(catalogs);
		return RouterFunctions.route().GET("/admin/v1/catalog", catalog::status).build();
	}

}
