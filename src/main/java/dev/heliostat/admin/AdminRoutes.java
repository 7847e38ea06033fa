package dev.heliostat.admin;

import java.time.Clock;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import dev.heliostat.access.AuditLog;
import dev.heliostat.access.Budgets;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.api.OrderReader;
import dev.heliostat.catalog.ReloadingCatalogs;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.ledger.LedgerKeeper;
import dev.heliostat.ledger.Webhooks;
import dev.heliostat.media.MediaPurge;
import dev.heliostat.provider.Providers;

/**
 * Every path of the admin API and what handles it.
 */
@Configuration(proxyBeanMethods = false)
class AdminRoutes {

	@Bean
	ExplainHandler explainHandler(OrderReader orders, Generations generations, Providers providers) {
		return new ExplainHandler(orders, generations, providers);
	}

	@Bean
	Housekeeping housekeeping(OwnGenerations generations, Webhooks webhooks, LedgerKeeper keeper, MediaPurge purge,
			AuditLog audit) {
		return new Housekeeping(generations, webhooks, keeper, purge, audit, Clock.systemUTC());
	}

	@Bean
	RouterFunction<ServerResponse> adminRouter(ReloadingCatalogs catalogs, ExplainHandler explain, Budgets budgets,
			AccessChanges changes, Housekeeping housekeeping, AdminRequests requests) {
		BudgetsHandler budgeting = new BudgetsHandler(budgets, changes, requests);
		CatalogHandler catalog = new CatalogHandler(catalogs);
		HousekeepingHandler keeping = new HousekeepingHandler(housekeeping, requests);
		return RouterFunctions.route()
			.GET("/admin/v1/catalog", catalog::status)
			.POST("/admin/v1/explain", explain::explain)
			.GET("/admin/v1/budgets", budgeting::list)
			.POST("/admin/v1/budgets", budgeting::create)
			.GET("/admin/v1/budgets/{id}", budgeting::get)
			.PATCH("/admin/v1/budgets/{id}", budgeting::update)
			.DELETE("/admin/v1/budgets/{id}", budgeting::delete)
			.DELETE("/admin/v1/generations/{id}/media", keeping::deleteMedia)
			.POST("/admin/v1/retention", keeping::applyRetention)
			.GET("/admin/v1/webhooks", keeping::webhooks)
			.GET("/admin/v1/webhooks/{id}", keeping::webhook)
			.POST("/admin/v1/webhooks/{id}/redeliver", keeping::redeliver)
			.build();
	}

}
