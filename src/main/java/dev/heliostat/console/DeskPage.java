package dev.heliostat.console;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.CatalogStatus;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ReloadingCatalogs;
import dev.heliostat.provider.Providers;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The operator's first page: what is in force, and what needs a hand.
 */
final class DeskPage {

	private final ReloadingCatalogs catalogs;

	private final Providers providers;

	private final Health health;

	private final Pages pages;

	DeskPage(ReloadingCatalogs catalogs, Providers providers, Health health, Pages pages) {
		this.catalogs = catalogs;
		this.providers = providers;
		this.health = health;
		this.pages = pages;
	}

	/** A provider as the desk shows it. */
	record ProviderRow(String name, String label, int offerings, String missing) {
	}

	/** An offering that is not asked in its turn. */
	record Troubled(String key, String circuit, String standing) {
	}

	Mono<ServerResponse> overview(ServerRequest request) {
		return Mono.fromCallable(() -> {
			Catalog catalog = this.catalogs.current();
			List<Offering> served = catalog.models()
				.stream()
				.flatMap(model -> model.offerings().stream())
				.filter(offering -> offering.status().inService())
				.toList();
			Set<String> names = new TreeSet<>();
			served.forEach(offering -> names.add(offering.provider()));
			List<ProviderRow> rows = names.stream()
				.map(name -> new ProviderRow(name, catalog.provider(name).map(known -> known.label()).orElse(name),
						(int) served.stream().filter(offering -> offering.provider().equals(name)).count(),
						this.providers.unconfigured(catalog, name).orElse("")))
				.toList();
			List<Troubled> troubled = served.stream()
				.flatMap(offering -> this.health.known(offering)
					.filter(known -> known.standing().isLast())
					.map(known -> new Troubled(offering.key(), OfferingCards.lower(known.state()),
							OfferingCards.lower(known.standing())))
					.stream())
				.toList();
			CatalogStatus status = this.catalogs.status();
			return Map.of("status", status, "problems", status.problems().stream().map(Object::toString).toList(),
					"since", status.loadedAt().truncatedTo(ChronoUnit.SECONDS).toString(), "providers", rows,
					"troubled", troubled, "ready", rows.stream().filter(row -> row.missing().isEmpty()).count());
		}).subscribeOn(this.pages.painters()).flatMap(model -> this.pages.page(request, "desk", model));
	}

}
