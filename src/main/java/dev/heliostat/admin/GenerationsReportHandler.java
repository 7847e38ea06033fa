package dev.heliostat.admin;

import java.util.List;
import java.util.Locale;

import dev.heliostat.api.GenerationFigures;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationReports;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.ReportFilter;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows the generations of all callers, with what they cost and where their time went.
 */
public final class GenerationsReportHandler {

	private static final List<String> COLUMNS = List.of("id", "created", "finished", "status", "project", "key",
			"model", "capability", "provider", "offering", "executed_model", "count", "images", "megapixels", "sizes",
			"input_tokens", "output_tokens", "quote_micros", "cost_micros", "maybe_cost_micros", "reported_cost_micros",
			"billed", "error", "total_ms", "gateway_ms", "queue_ms", "provider_ms", "transfer_ms", "submissions",
			"session_id", "traceparent", "tags", "request_id");

	private final GenerationReports reports;

	private final Ledger ledger;

	GenerationsReportHandler(GenerationReports reports, Ledger ledger) {
		this.reports = reports;
		this.ledger = ledger;
	}

	/** A page of them, or all of them as CSV or JSON Lines. */
	public Mono<ServerResponse> list(ServerRequest request) {
		ReportFilter filter = ReportQuery.filter(request, "after", "limit", "format");
		ExportFormat format = ExportFormat.of(request);
		if (format != ExportFormat.JSON) {
			return Exports.send("generations", format, COLUMNS, this.reports.all(filter).map(record -> {
				ObjectNode line = json(record);
				return (format == ExportFormat.CSV) ? flat(record, line) : line;
			}));
		}
		int limit = ReportQuery.limit(request, 20, 100);
		return this.reports.page(filter, ReportQuery.text(request, "after"), limit + 1)
			.flatMap(found -> ServerResponse.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(page(found.subList(0, Math.min(limit, found.size())), found.size() > limit)));
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return one(request.pathVariable("id")).flatMap(Answers::ok);
	}

	/** One of anybody's; fails with {@code NotFound}. */
	public Mono<ObjectNode> one(String id) {
		return this.ledger.find(id)
			.map(found -> found
				.orElseThrow(() -> new GatewayError.NotFound("No generation has the id '" + id + "'.").asException()))
			.map(GenerationsReportHandler::json);
	}

	private static ObjectNode page(List<GenerationRecord> items, boolean more) {
		ObjectNode page = JsonNodeFactory.instance.objectNode().put("object", "list");
		ArrayNode data = page.putArray("data");
		items.forEach(record -> data.add(json(record)));
		page.put("has_more", more);
		page.put("first_id", items.isEmpty() ? null : items.getFirst().id());
		page.put("last_id", items.isEmpty() ? null : items.getLast().id());
		return page;
	}

	/** A generation with its attempts. */
	public static ObjectNode json(GenerationRecord record) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("id", record.id());
		json.put("object", "generation");
		json.put("status", record.status().name().toLowerCase(Locale.ROOT));
		json.put("created", record.createdAt().getEpochSecond());
		json.put("project", record.project());
		json.put("key", record.keyId());
		json.put("model", record.model());
		json.put("error", record.errorCode().orElse(null));
		GenerationFigures.put(json, record);
		ArrayNode attempts = json.putArray("attempts");
		record.attempts().forEach(attempt -> attempts.add(GenerationFigures.attempt(attempt)));
		return json;
	}

	/**
	 * One row of a table: times as spreadsheets read them, and nothing inside of
	 * anything.
	 */
	private static ObjectNode flat(GenerationRecord record, ObjectNode json) {
		json.put("created", record.createdAt().toString());
		record.finishedAt().ifPresent(finished -> json.put("finished", finished.toString()));
		json.put("input_tokens", json.at("/tokens/input").asLong());
		json.put("output_tokens", json.at("/tokens/output").asLong());
		json.path("timings").properties().forEach(timing -> json.set(timing.getKey(), timing.getValue()));
		json.put("submissions", record.attempts().size());
		return json;
	}

}
