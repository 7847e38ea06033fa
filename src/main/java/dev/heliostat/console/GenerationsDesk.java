package dev.heliostat.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.admin.GenerationsReportHandler;
import dev.heliostat.admin.Housekeeping;
import dev.heliostat.admin.ReportQuery;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationReports;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.ReportFilter;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/**
 * Everybody's generations on the desk, and the messages about their ends.
 */
final class GenerationsDesk {

	static final List<String> FILTERS = List.of("status", "model", "provider", "project", "key", "from", "to");

	private final GenerationReports reports;

	private final Ledger ledger;

	private final Housekeeping housekeeping;

	private final GenerationsReportHandler api;

	private final Desk desk;

	GenerationsDesk(GenerationReports reports, Ledger ledger, Housekeeping housekeeping, GenerationsReportHandler api,
			Desk desk) {
		this.reports = reports;
		this.ledger = ledger;
		this.housekeeping = housekeeping;
		this.api = api;
		this.desk = desk;
	}

	/** What a list was asked for, to be asked again. */
	static Map<String, String> asked(ServerRequest request, List<String> names) {
		Map<String, String> asked = new HashMap<>();
		names.forEach(name -> asked.put(name, request.queryParam(name).orElse("")));
		return asked;
	}

	/** The same as the query of a link; ends with an ampersand unless it is empty. */
	static String query(Map<String, String> asked) {
		UriComponentsBuilder query = UriComponentsBuilder.newInstance();
		asked.entrySet()
			.stream()
			.filter(entry -> !entry.getValue().isBlank())
			.sorted(Map.Entry.comparingByKey())
			.forEach(entry -> query.queryParam(entry.getKey(), "{" + entry.getKey() + "}"));
		String text = query.encode().buildAndExpand(asked).toUriString();
		return text.isEmpty() ? "" : text.substring(1) + "&";
	}

	/** A list by cursor; live, it comes again and again while the page is open. */
	Mono<ServerResponse> list(ServerRequest request) {
		Map<String, String> asked = asked(request, FILTERS);
		Optional<String> after = ProjectsDesk.after(request);
		boolean live = request.queryParam("live").isPresent() && after.isEmpty();
		Map<String, Object> model = new HashMap<>(Map.of("asked", asked, "query", query(asked), "live", live, "problem",
				"", "rows", List.of(), "next", "", "first", after.isEmpty()));
		return Mono.fromSupplier(() -> ReportQuery.filter(request, "after", "limit", "live", "done"))
			.flatMap(filter -> found(filter, after, model))
			.flatMap(all -> Pages.isPart(request) ? this.desk.part(request, "desk-generations", "rows", all)
					: this.desk.page(request, "desk-generations", all))
			.onErrorResume(GatewayException.class, failure -> {
				if (!Desk.isTheirs(failure.error())) {
					return Mono.error(failure);
				}
				model.put("problem", failure.error().message());
				return this.desk.page(request, failure.error().status(), "desk-generations", model);
			});
	}

	private Mono<Map<String, Object>> found(ReportFilter filter, Optional<String> after, Map<String, Object> model) {
		return this.reports.page(filter, after, Desk.PAGE + 1).map(found -> {
			List<GenerationRecord> shown = found.stream().limit(Desk.PAGE).toList();
			model.put("rows", shown.stream().map(record -> Words.map(GenerationsReportHandler.json(record))).toList());
			model.put("next", (found.size() > Desk.PAGE) ? shown.getLast().id() : "");
			return model;
		});
	}

	/** The same as a file. */
	Mono<ServerResponse> export(ServerRequest request) {
		return this.api.list(request);
	}

	/** One bar of the timeline, in thousandths of the whole time. */
	record Bar(String label, String words, long start, long length, String tone) {
	}

	Mono<ServerResponse> get(ServerRequest request) {
		String id = request.pathVariable("id");
		return Mono.zip(this.api.one(id), this.ledger.find(id)).flatMap(found -> {
			GenerationRecord record = found.getT2().orElseThrow();
			Map<String, Object> model = new HashMap<>();
			model.put("run", Words.map(found.getT1()));
			model.put("bars", bars(record));
			model.put("billing", billing(record));
			model.put("rescue", rescue(record));
			model.put("over", record.finishedAt().isPresent());
			return this.housekeeping.webhook(id)
				.map(message -> Optional.of(Words.map(message)))
				.onErrorResume(GatewayException.class, none -> Mono.just(Optional.empty()))
				.flatMap(webhook -> {
					model.put("webhook", webhook.orElse(Map.of()));
					return Pages.isPart(request) ? this.desk.part(request, "desk-generation", "whole", model)
							: this.desk.page(request, "desk-generation", model);
				});
		});
	}

	private static List<Bar> bars(GenerationRecord record) {
		Instant begin = record.createdAt();
		long whole = Math.max(1, record.finishedAt().orElseGet(Instant::now).toEpochMilli() - begin.toEpochMilli());
		List<Bar> bars = new ArrayList<>();
		for (AttemptRecord attempt : record.attempts()) {
			long start = Math.clamp(attempt.startedAt().toEpochMilli() - begin.toEpochMilli(), 0, whole);
			long took = attempt.durationMillis().orElse(whole - start);
			String outcome = attempt.outcome().orElse("running");
			bars.add(new Bar(attempt.provider(),
					outcome + ", after " + RunViews.seconds(start) + ", for " + RunViews.seconds(took),
					1000 * start / whole,
					Math.clamp(1000 * took / whole, 4, 1000 - Math.min(996, 1000 * start / whole)),
					Words.INSTANCE.tone(outcome)));
		}
		return bars;
	}

	/** What was billed, and why, in sentences. */
	private static List<String> billing(GenerationRecord record) {
		List<String> words = new ArrayList<>();
		if (record.attempts().isEmpty()) {
			words.add("Nothing was submitted to any provider, so nothing can be billed.");
		}
		for (AttemptRecord attempt : record.attempts()) {
			words.add(attempt.provider() + ": " + attempt.billed().map(billed -> switch (billed) {
				case NO -> unbilled(attempt);
				case MAYBE -> "perhaps billed with " + PriceWords.dollars(attempt.charge()) + ": it ended with "
						+ attempt.failure().orElse("an unknown outcome").replace('_', ' ')
						+ " after it was sent, and nothing says what became of it. An invoice does: reconcile it.";
				case YES -> "billed with " + PriceWords.dollars(attempt.charge()) + ", " + attempt.measured()
					.flatMap(measured -> measured.reportedMicros())
					.map(micros -> "as the provider itself reports (" + PriceWords.dollars(new Money(micros)) + ")")
					.orElse("computed from the catalog's price and what came out") + "; quoted were "
						+ PriceWords.dollars(attempt.quote())
						+ (attempt.overQuote() ? ", which it is above: booked whole, and flagged." : ".");
			}).orElse("still running; held for it are " + PriceWords.dollars(attempt.quote()) + "."));
		}
		return words;
	}

	private static String unbilled(AttemptRecord attempt) {
		return attempt.failure()
			.map(failure -> "not billed: it ended with " + failure.replace('_', ' ')
					+ ", and nothing is charged for that there.")
			.orElse(attempt.outcome().filter("served"::equals).isPresent() ? "not billed: its pictures are free."
					: "not billed: nothing came of it.");
	}

	private static String rescue(GenerationRecord record) {
		if (record.finishedAt().isEmpty()) {
			return "Under way. It runs to its end whether or not its client still listens.";
		}
		String kept = record.result().isPresent()
				? "Its end is kept: a repetition of the request gets it, and nothing is paid again."
				: "Its end is not kept any more: a repetition of the request is answered with 410, and never paid again.";
		return record.repeats().unheard()
				? "Its answer was not taken whole: the next repetition of the request takes this one over. " + kept
				: kept;
	}

	Mono<ServerResponse> deleteMedia(ServerRequest request) {
		String id = request.pathVariable("id");
		return Forms.read(request)
			.flatMap(fields -> this.housekeeping.deleteMedia(Desk.actor(request), id).thenReturn(id))
			.flatMap(done -> Desk.see(DeskAction.GET_GENERATION.path(id) + "?done=media"));
	}

	Mono<ServerResponse> webhooks(ServerRequest request) {
		Optional<String> after = ProjectsDesk.after(request);
		boolean waiting = request.queryParam("state").filter("waiting"::equals).isPresent();
		return this.housekeeping.webhooks(after, waiting, Desk.PAGE + 1).flatMap(found -> {
			Map<String, Object> model = new HashMap<>();
			model.put("rows", found.stream().limit(Desk.PAGE).map(Words::map).toList());
			model.put("next", (found.size() > Desk.PAGE) ? found.get(Desk.PAGE - 1).path("generation").asString() : "");
			model.put("first", after.isEmpty());
			model.put("waiting", waiting);
			return this.desk.page(request, "desk-webhooks", model);
		});
	}

	Mono<ServerResponse> webhook(ServerRequest request) {
		return this.housekeeping.webhook(request.pathVariable("id"))
			.flatMap(message -> this.desk.page(request, "desk-webhook", Map.of("message", Words.map(message))));
	}

	Mono<ServerResponse> redeliver(ServerRequest request) {
		String id = request.pathVariable("id");
		return Forms.read(request)
			.flatMap(fields -> this.housekeeping.redeliver(Desk.actor(request), id))
			.flatMap(done -> Desk.see(DeskAction.GET_WEBHOOK.path(id) + "?done=redelivered"));
	}

}
