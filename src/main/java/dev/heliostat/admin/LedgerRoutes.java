package dev.heliostat.admin;

import java.time.Clock;

import dev.heliostat.ledger.Backups;
import dev.heliostat.ledger.DataDirectory;
import dev.heliostat.ledger.GenerationReports;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.Reconciliation;
import dev.heliostat.ledger.UsageReports;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The paths of the admin API that tell what was made, used and charged.
 */
@Configuration(proxyBeanMethods = false)
class LedgerRoutes {

	@Bean
	GenerationsReportHandler generationsReportHandler(GenerationReports reports, Ledger ledger) {
		return new GenerationsReportHandler(reports, ledger);
	}

	@Bean
	UsageHandler usageHandler(UsageReports usages, DataDirectory directory) {
		return new UsageHandler(usages, new Exports(directory), Clock.systemUTC());
	}

	@Bean
	ReconciliationHandler reconciliationHandler(Reconciliation reconciliation) {
		return new ReconciliationHandler(reconciliation);
	}

	@Bean
	RouterFunction<ServerResponse> ledgerRouter(GenerationsReportHandler generations, UsageHandler usage,
			ReconciliationHandler reconciliations, Backups backups) {
		BackupHandler backup = new BackupHandler(backups, Clock.systemUTC());
		return RouterFunctions.route()
			.GET("/admin/v1/generations", generations::list)
			.GET("/admin/v1/generations/{id}", generations::get)
			.GET("/admin/v1/usage", usage::usage)
			.POST("/admin/v1/reconciliations", reconciliations::reconcile)
			.POST("/admin/v1/backup", backup::backup)
			.build();
	}

}
