package dev.heliostat.console;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.AuditLog;
import dev.heliostat.admin.AuditHandler;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The audit log on the desk, and whether it is whole.
 */
final class AuditDesk {

	private final AuditLog audit;

	private final AuditHandler api;

	private final Desk desk;

	AuditDesk(AuditLog audit, AuditHandler api, Desk desk) {
		this.audit = audit;
		this.api = api;
		this.desk = desk;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		return list(request, Map.of("verified", Map.of(), "head", ""));
	}

	/** Looks at every row, and shows what came of it above the youngest ones. */
	Mono<ServerResponse> verify(ServerRequest request) {
		String head = request.queryParam("head").orElse("").strip();
		return this.api.verification(Optional.of(head).filter(hash -> !hash.isEmpty()))
			.flatMap(seen -> list(request, Map.of("verified", Words.map(seen), "head", head)));
	}

	private Mono<ServerResponse> list(ServerRequest request, Map<String, ?> more) {
		Optional<String> after = ProjectsDesk.after(request);
		Optional<String> target = request.queryParam("target").filter(id -> !id.isBlank());
		return Mono.defer(() -> this.audit.list(after.map(AuditHandler::seq), target, Desk.PAGE + 1)).flatMap(found -> {
			Map<String, Object> model = new HashMap<>(more);
			model.put("rows",
					found.stream().limit(Desk.PAGE).map(entry -> Words.map(AuditHandler.json(entry))).toList());
			model.put("next", (found.size() > Desk.PAGE) ? "audit_" + found.get(Desk.PAGE - 1).seq() : "");
			model.put("first", after.isEmpty());
			model.put("target", target.orElse(""));
			return this.desk.page(request, "desk-audit", model);
		});
	}

}
