package dev.heliostat.console;

import dev.heliostat.access.AuditLog;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Keys;
import dev.heliostat.access.Limits;
import dev.heliostat.access.Projects;
import dev.heliostat.access.PublicUrl;
import dev.heliostat.admin.AccessChanges;
import dev.heliostat.admin.AuditHandler;
import dev.heliostat.admin.ExplainHandler;
import dev.heliostat.admin.GenerationsReportHandler;
import dev.heliostat.admin.Housekeeping;
import dev.heliostat.admin.ProviderStates;
import dev.heliostat.admin.ProviderTests;
import dev.heliostat.admin.ReconciliationHandler;
import dev.heliostat.admin.UsageHandler;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.api.FormOrders;
import dev.heliostat.catalog.ReloadingCatalogs;
import dev.heliostat.ledger.Backups;
import dev.heliostat.ledger.GenerationReports;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.LedgerKeeper;
import dev.heliostat.ledger.UsageReports;
import dev.heliostat.provider.ProviderSwitches;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Every page of the operator's desk and what makes it: one route for each entry of
 * {@link DeskAction}, and the empty forms that lead there.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "heliostat.console.enabled", matchIfMissing = true)
class DeskRoutes {

	@Bean
	Desk desk(AdminRequests requests, Pages pages) {
		return new Desk(requests, pages);
	}

	@Bean
	ProjectsDesk projectsDesk(Projects projects, AccessChanges changes, Desk desk) {
		return new ProjectsDesk(projects, changes, desk);
	}

	@Bean
	KeysDesk keysDesk(Keys keys, Budgets budgets, Limits limits, AccessChanges changes, PublicUrl publicUrl,
			Desk desk) {
		return new KeysDesk(keys, budgets, limits, changes, publicUrl, desk);
	}

	@Bean
	BudgetsDesk budgetsDesk(Budgets budgets, Limits limits, AccessChanges changes, Desk desk) {
		return new BudgetsDesk(budgets, limits, changes, desk);
	}

	@Bean
	ProvidersDesk providersDesk(ProviderStates states, ProviderSwitches switches, ProviderTests tests,
			ReloadingCatalogs catalogs, Desk desk) {
		return new ProvidersDesk(states, switches, tests, catalogs, desk);
	}

	@Bean
	GenerationsDesk generationsDesk(GenerationReports reports, Ledger ledger, Housekeeping housekeeping,
			GenerationsReportHandler api, Desk desk) {
		return new GenerationsDesk(reports, ledger, housekeeping, api, desk);
	}

	@Bean
	UsageDesk usageDesk(UsageReports usage, UsageHandler api, Desk desk) {
		return new UsageDesk(usage, api, desk);
	}

	@Bean
	StoreDesk storeDesk(Backups backups, LedgerKeeper keeper, Housekeeping housekeeping,
			ReconciliationHandler reconciliation, ReloadingCatalogs catalogs, Desk desk) {
		return new StoreDesk(backups, keeper, housekeeping, reconciliation, catalogs, desk);
	}

	@Bean
	AuditDesk auditDesk(AuditLog audit, AuditHandler api, Desk desk) {
		return new AuditDesk(audit, api, desk);
	}

	@Bean
	ExplainDesk explainDesk(FormOrders orders, ExplainHandler api, Desk desk) {
		return new ExplainDesk(orders, api, desk);
	}

	/** Who makes which page. */
	record Desks(DeskPage overview, ProjectsDesk projects, KeysDesk keys, BudgetsDesk budgets, ProvidersDesk providers,
			GenerationsDesk generations, UsageDesk usage, StoreDesk store, AuditDesk audit, ExplainDesk explain,
			GalleryPages gallery) {

		private HandlerFunction<ServerResponse> of(DeskAction action) {
			return switch (action) {
				case CATALOG -> this.overview::catalog;
				case EXPLAIN -> this.explain::explain;
				case LIST_PROJECTS -> this.projects::list;
				case CREATE_PROJECT -> this.projects::create;
				case GET_PROJECT -> this.projects::get;
				case UPDATE_PROJECT -> this.projects::update;
				case ARCHIVE_PROJECT -> this.projects::archive;
				case RESTORE_PROJECT -> this.projects::restore;
				case LIST_KEYS -> this.keys::list;
				case CREATE_KEY -> this.keys::create;
				case GET_KEY -> this.keys::get;
				case UPDATE_KEY -> this.keys::update;
				case ROTATE_KEY -> this.keys::rotate;
				case REVOKE_KEY -> this.keys::revoke;
				case EXPIRE_KEY -> this.keys::expire;
				case LIST_BUDGETS -> this.budgets::list;
				case CREATE_BUDGET -> this.budgets::create;
				case GET_BUDGET -> this.budgets::get;
				case UPDATE_BUDGET -> this.budgets::update;
				case DELETE_BUDGET -> this.budgets::delete;
				case LIST_PROVIDERS -> this.providers::list;
				case GET_PROVIDER -> this.providers::get;
				case SWITCH_PROVIDER -> this.providers::set;
				case TEST_PROVIDER -> this.providers::test;
				case LIST_GENERATIONS -> this.generations::list;
				case GET_GENERATION -> this.generations::get;
				case DELETE_MEDIA -> this.generations::deleteMedia;
				case LIST_WEBHOOKS -> this.generations::webhooks;
				case GET_WEBHOOK -> this.generations::webhook;
				case REDELIVER_WEBHOOK -> this.generations::redeliver;
				case USAGE -> this.usage::page;
				case RECONCILE -> this.store::reconcile;
				case BACKUP -> this.store::backup;
				case RETENTION -> this.store::retention;
				case FORBID_PUBLICATION -> this.gallery::forbid;
				case LIST_AUDIT -> this.audit::list;
				case VERIFY_AUDIT -> this.audit::verify;
			};
		}

	}

	@Bean
	RouterFunction<ServerResponse> deskPages(Doorkeeper door, DeskPage overview, ProjectsDesk projects, KeysDesk keys,
			BudgetsDesk budgets, ProvidersDesk providers, GenerationsDesk generations, UsageDesk usage, StoreDesk store,
			AuditDesk audit, ExplainDesk explain, GalleryPages gallery) {
		Desks desks = new Desks(overview, projects, keys, budgets, providers, generations, usage, store, audit, explain,
				gallery);
		RouterFunctions.Builder routes = RouterFunctions.route()
			.GET("/balance", door.maker("balance", budgets::balance))
			.GET("/desk", door.desk(DeskAction.USAGE, overview::overview))
			.GET("/desk/projects/new", door.desk(DeskAction.CREATE_PROJECT, projects::fresh))
			.GET("/desk/keys/new", door.desk(DeskAction.CREATE_KEY, keys::fresh))
			.GET("/desk/budgets/new", door.desk(DeskAction.CREATE_BUDGET, budgets::fresh))
			.GET("/desk/generations/export", door.desk(DeskAction.LIST_GENERATIONS, generations::export))
			.GET("/desk/usage/export", door.desk(DeskAction.USAGE, usage::export))
			.GET("/desk/store", door.desk(DeskAction.BACKUP, store::page))
			.GET("/desk/explain", door.desk(DeskAction.EXPLAIN, explain::page));
		for (DeskAction action : DeskAction.values()) {
			routes.route(RequestPredicates.method(action.method()).and(RequestPredicates.path(action.path())),
					door.desk(action, desks.of(action)));
		}
		return routes.build();
	}

}
