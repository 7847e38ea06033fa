package dev.heliostat.admin;

import java.time.Clock;

import dev.heliostat.ledger.Backups;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Copies the store while it is used.
 */
class BackupHandler {

	private final Backups backups;

	private final Clock clock;

	BackupHandler(Backups backups, Clock clock) {
		this.backups = backups;
		this.clock = clock;
	}

	Mono<ServerResponse> backup(ServerRequest request) {
		return this.backups.make(this.clock.instant())
			.flatMap(made -> ServerResponse.status(HttpStatus.CREATED)
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(JsonNodeFactory.instance.objectNode()
					.put("object", "backup")
					.put("path", made.path().toString())
					.put("bytes", made.bytes())
					.put("created", made.madeAt().getEpochSecond())));
	}

}
