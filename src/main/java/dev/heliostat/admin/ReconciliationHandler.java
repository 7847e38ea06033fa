package dev.heliostat.admin;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.Comparison;
import dev.heliostat.ledger.Comparison.Difference;
import dev.heliostat.ledger.Comparison.Differences;
import dev.heliostat.ledger.Reconciliation;
import dev.heliostat.ledger.Reconciliation.Scope;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes a provider's invoice and says where the ledger differs from it.
 */
public final class ReconciliationHandler {

	private static final long MOST_BYTES = 64L * 1024 * 1024;

	private final Reconciliation reconciliation;

	ReconciliationHandler(Reconciliation reconciliation) {
		this.reconciliation = reconciliation;
	}

	Mono<ServerResponse> reconcile(ServerRequest request) {
		return Mono.defer(() -> compare(name -> ReportQuery.text(request, name), request.bodyToFlux(DataBuffer.class)))
			.flatMap(Answers::ok);
	}

	/**
	 * Says where the ledger differs from an invoice, and settles what it can where that
	 * is asked for.
	 * @param query gives each setting by its name
	 * @param csv the invoice
	 */
	public Mono<ObjectNode> compare(Function<String, Optional<String>> query, Flux<DataBuffer> csv) {
		String provider = query.apply("provider")
			.orElseThrow(() -> new GatewayError.MissingParameter("provider",
					"'provider' is missing. Say whose invoice it is: ?provider=replicate")
				.asException());
		boolean apply = query.apply("apply").map(value -> switch (value) {
			case "true" -> true;
			case "false" -> false;
			default -> throw ReportQuery.invalid("apply", value, "true or false");
		}).orElse(false);
		Optional<Instant> from = query.apply("from").map(value -> ReportQuery.time("from", value));
		Optional<Instant> to = query.apply("to").map(value -> ReportQuery.time("to", value));
		return read(query, csv).flatMap(invoice -> {
			Scope scope = new Scope(provider, from.or(invoice::first).orElseThrow(() -> missing("from")),
					to.or(invoice::last).orElseThrow(() -> missing("to")), apply);
			return (invoice.isByJobs() ? this.reconciliation.byJobs(scope, invoice.jobs())
					: this.reconciliation.byTotals(scope, invoice.totals()))
				.map(comparison -> json(scope, invoice, comparison));
		});
	}

	private static RuntimeException missing(String name) {
		return new GatewayError.MissingParameter(name,
				"The invoice has no times. Say what it is of: '" + name + "' is missing, such as 2026-01-01.")
			.asException();
	}

	private Mono<Invoice> read(Function<String, Optional<String>> query, Flux<DataBuffer> csv) {
		return Mono.defer(() -> {
			Invoice invoice = new Invoice(query, this.reconciliation.mostLines());
			AtomicLong bytes = new AtomicLong();
			return csv.doOnNext(buffer -> {
				try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
					if (bytes.addAndGet(buffer.readableByteCount()) > MOST_BYTES) {
						throw new GatewayError.RequestTooLarge(
								"The invoice is larger than " + MOST_BYTES / 1024 / 1024 + " MB. Split it.")
							.asException();
					}
					parts.forEachRemaining(invoice::add);
				}
				finally {
					DataBufferUtils.release(buffer);
				}
			}).then(Mono.fromSupplier(() -> {
				invoice.end();
				return invoice;
			}));
		});
	}

	private static ObjectNode json(Scope scope, Invoice invoice, Comparison comparison) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("object", "reconciliation");
		json.put("provider", scope.provider());
		json.put("by", invoice.isByJobs() ? "jobs" : "totals");
		json.put("from", scope.from().toString());
		json.put("to", scope.to().toString());
		json.put("lines", invoice.lines());
		json.put("invoice_micros", BigDecimal.valueOf(invoice.nanos(), 3).stripTrailingZeros());
		json.put("matched", comparison.matched());
		differences(json.putObject("amount_differs"), comparison.amounts());
		differences(json.putObject("ours_only"), comparison.ours());
		differences(json.putObject("theirs_only"), comparison.theirs());
		differences(json.putObject("maybe"), comparison.maybe());
		json.putObject("without_job_id")
			.put("count", comparison.incomparable())
			.put("cost_micros", comparison.incomparableMicros());
		json.put("applied", scope.apply());
		json.put("corrected_generations", comparison.corrected());
		return json;
	}

	private static void differences(ObjectNode json, Differences differences) {
		json.put("count", differences.count());
		ArrayNode data = json.putArray("data");
		differences.first().forEach(difference -> data.add(json(difference)));
		json.put("has_more", differences.count() > differences.first().size());
	}

	private static ObjectNode json(Difference difference) {
		ObjectNode json = JsonNodeFactory.instance.objectNode();
		json.put("of", difference.what());
		difference.generation().ifPresent(id -> json.put("generation", id));
		json.put("cost_micros", difference.oursMicros());
		json.put("maybe_cost_micros", difference.maybeMicros());
		difference.theirsMicros()
			.ifPresentOrElse(micros -> json.put("invoice_micros", micros), () -> json.putNull("invoice_micros"));
		difference.resolution().ifPresent(resolution -> json.put("resolution", resolution));
		return json;
	}

}
