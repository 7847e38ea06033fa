package dev.heliostat.admin;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import dev.heliostat.access.AuditLog;
import dev.heliostat.access.BudgetChanges;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Keys;
import dev.heliostat.access.Projects;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.api.FormOrders;
import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.generation.Generations;
import dev.heliostat.provider.ProviderSwitches;
import dev.heliostat.provider.Providers;

import static org.springframework.web.reactive.function.server.RequestPredicates.path;

/**
 * Every path of the admin API that is about access, and what handles it.
 */
@Configuration(proxyBeanMethods = false)
class AccessRoutes {

	@Bean
	AccessChanges accessChanges(Projects projects, Keys keys, Budgets budgets, BudgetChanges budgetChanges) {
		return new AccessChanges(projects, keys, budgets, budgetChanges);
	}

	@Bean
	ProviderStates providerStates(Catalogs catalogs, Providers providers, ProviderSwitches switches, Health health) {
		return new ProviderStates(catalogs, providers, switches, health);
	}

	@Bean
	ProviderTests providerTests(Catalogs catalogs, FormOrders orders, Generations generations, AuditLog audit) {
		return new ProviderTests(catalogs, orders, generations, audit);
	}

	@Bean
	AuditHandler auditHandler(AuditLog audit) {
		return new AuditHandler(audit);
	}

	@Bean
	RouterFunction<ServerResponse> accessRouter(AdminRequests requests, Projects projects, Keys keys,
			AccessChanges changes, AuditHandler log, ProviderStates states, ProviderSwitches switches,
			ProviderTests tests) {
		ProvidersHandler provider = new ProvidersHandler(states, switches, tests, requests);
		ProjectsHandler project = new ProjectsHandler(projects, changes, requests);
		KeysHandler key = new KeysHandler(keys, changes, requests);
		return RouterFunctions.route()
			.POST("/admin/v1/projects", project::create)
			.GET("/admin/v1/projects", project::list)
			.GET("/admin/v1/projects/{id}", project::get)
			.PATCH("/admin/v1/projects/{id}", project::update)
			.POST("/admin/v1/projects/{id}/archive", project::archive)
			.POST("/admin/v1/projects/{id}/restore", project::restore)
			.POST("/admin/v1/keys", key::create)
			.GET("/admin/v1/keys", key::list)
			.GET("/admin/v1/keys/{id}", key::get)
			.PATCH("/admin/v1/keys/{id}", key::update)
			.POST("/admin/v1/keys/{id}/rotate", key::rotate)
			.POST("/admin/v1/keys/{id}/revoke", key::revoke)
			.POST("/admin/v1/keys/{id}/expire", key::expire)
			.GET("/admin/v1/providers", provider::list)
			.GET("/admin/v1/providers/{name}", provider::get)
			.PUT("/admin/v1/providers/{name}", provider::put)
			.POST("/admin/v1/providers/{name}/test", provider::test)
			.GET("/admin/v1/audit", log::list)
			.GET("/admin/v1/audit/verify", log::verify)
			.route(path("/admin/v1/projects").or(path("/admin/v1/keys")),
					request -> AdminRequests.wrongMethod(request, "GET, POST"))
			.route(path("/admin/v1/projects/{id}").or(path("/admin/v1/keys/{id}")),
					request -> AdminRequests.wrongMethod(request, "GET, PATCH"))
			.route(path("/admin/v1/projects/{id}/{action:archive|restore}")
				.or(path("/admin/v1/keys/{id}/{action:rotate|revoke|expire}"))
				.or(path("/admin/v1/providers/{name}/test")), request -> AdminRequests.wrongMethod(request, "POST"))
			.route(path("/admin/v1/providers/{name}"), request -> AdminRequests.wrongMethod(request, "GET, PUT"))
			.route(path("/admin/v1/providers").or(path("/admin/v1/audit")).or(path("/admin/v1/audit/verify")),
					request -> AdminRequests.wrongMethod(request, "GET"))
			.build();
	}

}
