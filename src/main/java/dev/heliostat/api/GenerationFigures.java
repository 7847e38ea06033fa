package dev.heliostat.api;

import java.util.Locale;
import java.util.Optional;

import dev.heliostat.image.Billed;
import dev.heliostat.ledger.ClientNotes;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Measured;
import dev.heliostat.ledger.Timings;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The figures of a generation as its owner and operators see them.
 */
public final class GenerationFigures {

	private GenerationFigures() {
	}

	/** Adds what the ledger knows of a generation, but its attempts. */
	public static void put(ObjectNode json, GenerationRecord record) {
		Optional<AttemptRecord> executed = record.executed();
		json.put("capability", record.capability().name().toLowerCase(Locale.ROOT));
		json.put("request_id", record.requestId());
		json.put("provider", executed.map(AttemptRecord::provider).orElse(null));
		json.put("offering", executed.map(AttemptRecord::offering).orElse(null));
		json.put("executed_model", executed.map(AttemptRecord::executedModel).orElse(null));
		json.put("cost_micros", record.charged().micros());
		json.put("maybe_cost_micros", record.maybeCharged().micros());
		json.put("quote_micros", record.quotes().micros());
		reported(record).ifPresentOrElse(micros -> json.put("reported_cost_micros", micros),
				() -> json.putNull("reported_cost_micros"));
		json.put("billed", billed(record));
		json.put("count", record.count());
		json.put("images", record.images());
		json.put("megapixels", record.megapixels());
		ArrayNode sizes = json.putArray("sizes");
		record.attempts()
			.forEach(attempt -> attempt.measured().ifPresent(measured -> measured.sizes().forEach(sizes::add)));
		ObjectNode pricedBy = json.putObject("priced_by");
		record.pricedBy().forEach(pricedBy::set);
		json.putObject("tokens").put("input", tokens(record, true)).put("output", tokens(record, false));
		Timings timings = record.timings();
		json.putObject("timings")
			.put("total_ms", timings.total())
			.put("gateway_ms", timings.gateway())
			.put("queue_ms", timings.queue())
			.put("provider_ms", timings.provider())
			.put("transfer_ms", timings.transfer());
		record.finishedAt().ifPresent(end -> json.put("finished", end.getEpochSecond()));
		notes(json, record.client());
	}

	private static void notes(ObjectNode json, ClientNotes notes) {
		notes.session().ifPresent(session -> json.put("session_id", session));
		notes.traceparent().ifPresent(trace -> json.put("traceparent", trace));
		ArrayNode tags = json.putArray("tags");
		notes.tags().forEach(tags::add);
		ObjectNode metadata = json.putObject("client_metadata");
		notes.metadata().forEach(metadata::put);
	}

	/** A submission with everything that operators ask for. */
	public static ObjectNode attempt(AttemptRecord attempt) {
		ObjectNode json = ImagesFrame.attempt(attempt);
		json.put("offering", attempt.offering());
		json.put("executed_model", attempt.executedModel());
		json.put("picture", attempt.picture());
		json.put("pictures", attempt.pictures());
		json.put("job_id", attempt.job().orElse(null));
		json.put("started", attempt.startedAt().toString());
		json.put("quote_micros", attempt.quote().micros());
		json.put("charge_micros", attempt.charge().micros());
		json.put("over_quote", attempt.overQuote());
		attempt.measured().ifPresent(measured -> measured(json, measured));
		return json;
	}

	private static void measured(ObjectNode json, Measured measured) {
		measured.reportedMicros().ifPresent(micros -> json.put("reported_cost_micros", micros));
		json.put("input_tokens", measured.inputTokens());
		json.put("output_tokens", measured.outputTokens());
		json.put("queue_ms", measured.waitedMillis());
		json.put("transfer_ms", measured.transferMillis());
		ArrayNode sizes = json.putArray("sizes");
		measured.sizes().forEach(sizes::add);
	}

	/** What providers say that they charged, where any of them says it. */
	public static Optional<Long> reported(GenerationRecord record) {
		return record.attempts()
			.stream()
			.flatMap(attempt -> attempt.measured().stream())
			.flatMap(measured -> measured.reportedMicros().stream())
			.reduce(Long::sum);
	}

	/** Whether any of it is, or may be, billed. */
	public static String billed(GenerationRecord record) {
		for (Billed billed : new Billed[] { Billed.MAYBE, Billed.YES }) {
			if (record.attempts().stream().anyMatch(attempt -> attempt.billed().equals(Optional.of(billed)))) {
				return billed.key();
			}
		}
		return Billed.NO.key();
	}

	/** Tokens that went in, or came out. */
	public static long tokens(GenerationRecord record, boolean input) {
		return record.attempts()
			.stream()
			.flatMap(attempt -> attempt.measured().stream())
			.mapToLong(measured -> input ? measured.inputTokens() : measured.outputTokens())
			.sum();
	}

}
