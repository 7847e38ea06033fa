package dev.heliostat.admin;

import dev.heliostat.catalog.ReloadingCatalogs;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Shows which catalog is in force, and what is wrong with files that are not.
 */
class CatalogHandler {

	private final ReloadingCatalogs catalogs;

	CatalogHandler(ReloadingCatalogs catalogs) {
		this.catalogs = catalogs;
	}

	Mono<ServerResponse> status(ServerRequest request) {
		return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(this.catalogs.status());
	}

}
