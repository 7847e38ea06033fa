package dev.heliostat.admin;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import dev.heliostat.access.Budgets;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.api.OrderReader;
import dev.heliostat.catalog.ReloadingCatalogs;
import dev.heliostat.generation.Generations;
import dev.heliostat.provider.Providers;

/**
 * Every path of the admin API and what handles it.
 */
@Configuration(proxyBeanMethods = false)
class AdminRoutes {

	@Bean
	RouterFunction<ServerResponse> adminRouter(ReloadingCatalogs catalogs, OrderReader orders, Generations generations,
			Providers providers, Budgets budgets, AdminRequests requests) {
		BudgetsHandler budgeting = new BudgetsHandler(budgets, requests);
		CatalogHandler catalog = new CatalogHandler(catalogs);
		ExplainHandler explain = new ExplainHandler(orders, generations, providers);
		return RouterFunctions.route()
			.GET("/admin/v1/catalog", catalog::status)
			.POST("/admin/v1/explain", explain::explain)
			.GET("/admin/v1/budgets", budgeting::list)
			.POST("/admin/v1/budgets", budgeting::create)
			.GET("/admin/v1/budgets/{id}", budgeting::get)
			.PATCH("/admin/v1/budgets/{id}", budgeting::update)
			.DELETE("/admin/v1/budgets/{id}", budgeting::delete)
			.build();
	}

}
