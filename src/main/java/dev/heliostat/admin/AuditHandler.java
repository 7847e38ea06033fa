package dev.heliostat.admin;

import java.util.Optional;

import dev.heliostat.access.AuditLog;
import dev.heliostat.access.AuditLog.Entry;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.image.GatewayError;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The audit log over HTTP.
 */
public final class AuditHandler {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String PREFIX = "audit_";

	private final AuditLog audit;

	AuditHandler(AuditLog audit) {
		this.audit = audit;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		int limit = AdminRequests.limit(request);
		Optional<Long> before = request.queryParam("after").map(AuditHandler::seq);
		return this.audit.list(before, request.queryParam("target"), limit + 1)
			.flatMap(found -> Answers
				.ok(AdminRequests.page(found, limit, entry -> PREFIX + entry.seq(), AuditHandler::json)));
	}

	/** A cursor as a row's number. */
	public static long seq(String id) {
		if (!id.matches(PREFIX + "[0-9]{1,18}")) {
			throw new GatewayError.InvalidValue("after",
					"after: not understood (expected: last_id of the page before, such as " + PREFIX + "20)")
				.asException();
		}
		return Long.parseLong(id.substring(PREFIX.length()));
	}

	/** A row. */
	public static ObjectNode json(Entry entry) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", PREFIX + entry.seq());
		json.put("object", "audit_entry");
		json.put("at", AuditLog.at(entry).toString());
		json.put("actor", entry.actor());
		json.put("request_id", entry.request().isEmpty() ? null : entry.request());
		json.put("action", entry.action());
		json.put("target", entry.target());
		json.set("before", read(entry.before()));
		json.set("after", read(entry.after()));
		json.put("previous_hash", entry.previousHash());
		return json.put("hash", entry.hash());
	}

	/** What somebody put into the table by hand need not be JSON. */
	private static JsonNode read(String text) {
		try {
			return text.isEmpty() ? NullNode.getInstance() : JSON.readTree(text);
		}
		catch (tools.jackson.core.JacksonException ex) {
			return JsonNodeFactory.instance.stringNode(text);
		}
	}

	/** Looks at every row; {@code head} in the query is a hash that somebody kept. */
	Mono<ServerResponse> verify(ServerRequest request) {
		return verification(request.queryParam("head").filter(hash -> !hash.isEmpty())).flatMap(Answers::ok);
	}

	/** What came of looking at every row. */
	public Mono<ObjectNode> verification(Optional<String> kept) {
		return this.audit.verify(kept).map(seen -> {
			Optional<String> fault = seen.fault()
				.or(() -> (kept.isPresent() && !seen.known())
						? Optional.of("The hash that was given is that of no row: rows were cut off or written anew.")
						: Optional.empty());
			return JsonNodeFactory.instance.objectNode()
				.put("object", "audit_verification")
				.put("valid", fault.isEmpty())
				.put("entries", seen.entries())
				.put("head", seen.head())
				.put("fault", fault.orElse(null));
		});
	}

}
