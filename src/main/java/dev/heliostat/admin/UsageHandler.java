package dev.heliostat.admin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.ReportFilter;
import dev.heliostat.ledger.UsageFigures;
import dev.heliostat.ledger.UsageReports;
import dev.heliostat.ledger.UsageReports.Group;
import dev.heliostat.ledger.UsageReports.Line;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says who used what, by any grouping.
 */
public final class UsageHandler {

	private static final int MOST = 10_000;

	private static final Duration USUAL = Duration.ofDays(30);

	private static final List<String> FIGURES = List.of("requests", "failures", "attempts", "images", "megapixels",
			"input_tokens", "output_tokens", "cost_micros", "maybe_cost_micros");

	private final UsageReports usage;

	private final Exports exports;

	private final Clock clock;

	UsageHandler(UsageReports usage, Exports exports, Clock clock) {
		this.usage = usage;
		this.exports = exports;
		this.clock = clock;
	}

	/** One page, or all of it as CSV or JSON Lines. */
	public Mono<ServerResponse> usage(ServerRequest request) {
		ReportFilter asked = ReportQuery.filter(request, "group_by", "limit", "format");
		if (asked.status().isPresent()) {
			throw new GatewayError.UnknownParameter("status",
					"status: usage is not kept by status (expected: project, key, model, provider, from, to)")
				.asException();
		}
		ReportFilter filter = inForce(asked);
		Set<Group> groups = ReportQuery.groups(request);
		ExportFormat format = ExportFormat.of(request);
		if (format != ExportFormat.JSON) {
			List<String> columns = new ArrayList<>(groups.stream().map(Group::key).toList());
			columns.addAll(FIGURES);
			return this.exports.spool("usage", format, columns,
					lines -> this.usage.report(groups, filter, line -> lines.accept(json(line))));
		}
		int limit = ReportQuery.limit(request, 1000, MOST);
		// One more than is shown says that there is more.
		return this.usage.first(groups, filter, limit + 1)
			.flatMap(lines -> ServerResponse.ok()
				.contentType(MediaType.APPLICATION_JSON)
				.bodyValue(page(lines, limit, filter)));
	}

	/** Roll-ups are by the hour: the end of a report is the end of an hour. */
	public ReportFilter inForce(ReportFilter asked) {
		Instant to = asked.to().orElseGet(this.clock::instant);
		Instant end = to.truncatedTo(ChronoUnit.HOURS).equals(to) ? to
				: to.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
		Instant from = asked.from()
			.orElseGet(() -> end.minus(USUAL).truncatedTo(ChronoUnit.DAYS))
			.truncatedTo(ChronoUnit.HOURS);
		return new ReportFilter(asked.project(), asked.key(), asked.model(), asked.provider(), Optional.empty(),
				Optional.of(from), Optional.of(end));
	}

	private static ObjectNode page(List<Line> lines, int limit, ReportFilter filter) {
		ObjectNode page = JsonNodeFactory.instance.objectNode().put("object", "list");
		page.put("from", filter.from().orElseThrow().toString());
		page.put("to", filter.to().orElseThrow().toString());
		ArrayNode data = page.putArray("data");
		lines.stream().limit(limit).forEach(line -> data.add(json(line)));
		page.put("has_more", lines.size() > limit);
		return page;
	}

	private static ObjectNode json(Line line) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		line.by().forEach((group, value) -> json.put(group.key(), value));
		UsageFigures figures = line.figures();
		json.put("requests", figures.requests());
		json.put("failures", figures.failures());
		json.put("attempts", figures.attempts());
		json.put("images", figures.images());
		json.put("megapixels", figures.pixels() / 1e6);
		json.put("input_tokens", figures.inputTokens());
		json.put("output_tokens", figures.outputTokens());
		json.put("cost_micros", figures.settledMicros());
		json.put("maybe_cost_micros", figures.maybeMicros());
		return json;
	}

}
