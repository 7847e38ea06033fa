package dev.heliostat.console;

import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.admin.Housekeeping;
import dev.heliostat.admin.ReconciliationHandler;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.ledger.Backups;
import dev.heliostat.ledger.LedgerKeeper;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.nio.charset.StandardCharsets;

/**
 * What operators do about the store: copies, retention, and invoices of providers.
 */
final class StoreDesk {

	private static final long MOST = 64L * 1024 * 1024;

	private static final List<String> SETTINGS = List.of("provider", "from", "to", "by", "unit", "job_column",
			"amount_column", "time_column", "model_column");

	private final Backups backups;

	private final LedgerKeeper keeper;

	private final Housekeeping housekeeping;

	private final ReconciliationHandler reconciliation;

	private final Catalogs catalogs;

	private final Desk desk;

	StoreDesk(Backups backups, LedgerKeeper keeper, Housekeeping housekeeping, ReconciliationHandler reconciliation,
			Catalogs catalogs, Desk desk) {
		this.backups = backups;
		this.keeper = keeper;
		this.housekeeping = housekeeping;
		this.reconciliation = reconciliation;
		this.catalogs = catalogs;
		this.desk = desk;
	}

	Mono<ServerResponse> page(ServerRequest request) {
		return page(request, 200, Map.of());
	}

	private Mono<ServerResponse> page(ServerRequest request, int status, Map<String, ?> more) {
		Map<String, Object> model = new HashMap<>(
				Map.of("problem", "", "trouble", "", "backup", "", "entered", Map.of(), "result", Map.of()));
		model.put("providers", this.catalogs.current().providers().stream().map(Provider::name).sorted().toList());
		model.put("generationDays", this.keeper.retention().toDays());
		model.put("usageDays", this.keeper.usageRetention().toDays());
		model.putAll(more);
		return this.desk.page(request, status, "desk-store", model);
	}

	Mono<ServerResponse> backup(ServerRequest request) {
		return Forms.read(request)
			.flatMap(fields -> this.backups.make(Clock.systemUTC().instant()))
			.flatMap(made -> page(request, 200,
					Map.of("backup", made.path() + ", " + Words.INSTANCE.number(made.bytes()) + " bytes")))
			.onErrorResume(GatewayException.class,
					failure -> Desk.isTheirs(failure.error())
							&& !(failure.error() instanceof GatewayError.RequestTooLarge)
									? page(request, failure.error().status(),
											Map.of("trouble", failure.error().message()))
									: Mono.error(failure));
	}

	Mono<ServerResponse> retention(ServerRequest request) {
		return Forms.read(request)
			.flatMap(fields -> this.housekeeping.applyRetention(Desk.actor(request)))
			.flatMap(done -> Desk.see("/desk/store?done=retention"));
	}

	/** Takes an invoice: a file, or what was pasted. */
	Mono<ServerResponse> reconcile(ServerRequest request) {
		if (!Forms.isMultipart(request)) {
			return Forms.read(request).flatMap(fields -> compare(request, fields, Optional.empty()));
		}
		if (request.headers().contentLength().orElse(Long.MAX_VALUE) > MOST) {
			return Mono.error(new GatewayError.RequestTooLarge(
					"The invoice is larger than " + MOST / 1024 / 1024 + " MB. Split it.")
				.asException());
		}
		return request.multipartData().flatMap(sent -> {
			MultiValueMap<String, String> fields = Forms.texts(sent);
			Forms.check(request, Visitor.of(request).token(), Forms.first(fields, Forms.TOKEN));
			Part file = sent.getFirst("invoice");
			Optional<Flux<DataBuffer>> chosen = (file instanceof FilePart part && !part.filename().isEmpty())
					? Optional.of(part.content()) : Optional.empty();
			return compare(request, fields, chosen)
				.doFinally(end -> sent.values().forEach(each -> each.forEach(part -> part.delete().subscribe())));
		});
	}

	private Mono<ServerResponse> compare(ServerRequest request, MultiValueMap<String, String> fields,
			Optional<Flux<DataBuffer>> file) {
		Map<String, String> entered = new LinkedHashMap<>();
		SETTINGS.forEach(name -> entered.put(name, Forms.first(fields, name).strip()));
		entered.put("apply", Forms.first(fields, "apply").equals("true") ? "true" : "false");
		String pasted = Forms.first(fields, "pasted");
		Flux<DataBuffer> csv = file.orElseGet(
				() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(pasted.getBytes(StandardCharsets.UTF_8))));
		Map<String, String> shown = new HashMap<>(entered);
		shown.put("pasted", pasted);
		return Mono
			.defer(() -> this.reconciliation
				.compare(name -> Optional.ofNullable(entered.get(name)).filter(value -> !value.isEmpty()), csv))
			.flatMap(result -> page(request, 200, Map.of("result", Words.map(result), "entered", shown)))
			.onErrorResume(GatewayException.class,
					failure -> Desk.isTheirs(failure.error())
							? page(request, failure.error().status(),
									Map.of("problem", failure.error().message(), "entered", shown))
							: Mono.error(failure));
	}

}
