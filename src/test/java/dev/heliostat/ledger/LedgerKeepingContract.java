package dev.heliostat.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.ledger.UsageReports.Group;
import dev.heliostat.ledger.UsageReports.Line;
import dev.heliostat.testing.Gateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the ledger in the course of time, on whatever database: rows are
 * deleted, days are added up, invoices are compared.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LedgerKeepingContract {

	private static final Instant NOW = Instant.ofEpochMilli(System.currentTimeMillis());

	private Gateway gateway;

	private int number;

	/** Arguments that choose the database. */
	protected abstract List<String> database();

	@BeforeAll
	void start() {
		List<String> arguments = new ArrayList<>(database());
		arguments.addAll(List.of("--heliostat.ledger.retention=10d", "--heliostat.ledger.usage-retention=60d"));
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
	}

	@BeforeEach
	void clear() {
		for (String table : List.of("generation", "spend_hour", "tag_hour", "usage_day", "usage_closed", "budget",
				"budget_used")) {
			jdbc().sql("delete from " + table).update();
		}
	}

	protected Gateway gateway() {
		return this.gateway;
	}

	protected JdbcClient jdbc() {
		return this.gateway.bean(JdbcClient.class);
	}

	private long count(String table) {
		return jdbc().sql("select count(*) from " + table).query(Long.class).single();
	}

	private GenerationRecord record(Instant at, String provider, Optional<String> job, Billed billed, long micros) {
		return record(at, provider, job, billed, micros, Optional.empty());
	}

	private GenerationRecord record(Instant at, String provider, Optional<String> job, Billed billed, long micros,
			Optional<Hold> hold) {
		AttemptRecord attempt = new AttemptRecord(0, 1, provider, provider + "/m", provider + "/own/m", job, at,
				Optional.of(5L), Optional.of((billed == Billed.YES) ? "served" : "failed"), Optional.empty(),
				Optional.of(billed), new Money(micros), new Money((billed == Billed.NO) ? 0 : micros), false,
				Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
		return new GenerationRecord(GenerationRecord.firstId(at) + "%020d".formatted(++this.number), "req_1", "key_1",
				"default", Capability.GENERATE, "m", 1, (billed == Billed.YES) ? Status.SUCCEEDED : Status.FAILED, at,
				Optional.of(at), List.of(attempt), Money.ZERO, 1, 1, Map.of(),
				(billed == Billed.YES) ? Optional.empty() : Optional.of("all_providers_failed"), Repeats.NONE, 7, 0,
				Optional.empty(), hold,
				new ClientNotes(Optional.empty(), Optional.empty(), List.of("team=red"), Map.of()), 1);
	}

	private void settle(List<GenerationRecord> records) {
		Flux.fromIterable(records).flatMap(this.gateway.bean(Ledger.class)::settle, 1000).blockLast();
	}

	private List<Line> usage(Set<Group> groups, Instant from, Instant to) {
		List<Line> lines = new ArrayList<>();
		this.gateway.bean(UsageReports.class)
			.report(groups,
					new ReportFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
							Optional.empty(), Optional.of(from), Optional.of(to)),
					lines::add)
			.block();
		return lines;
	}

	@Test
	void oldGenerationsAreDeletedAndUsageStays() {
		List<GenerationRecord> records = new ArrayList<>();
		for (int i = 0; i < 600; i++) {
			records.add(record(NOW.minus(Duration.ofDays(11)), "acme", Optional.empty(), Billed.YES, 10));
		}
		records.add(record(NOW.minus(Duration.ofDays(9)), "acme", Optional.empty(), Billed.YES, 10));
		settle(records);
		GenerationRecord running = record(NOW.minus(Duration.ofDays(12)), "acme", Optional.empty(), Billed.YES, 10);
		this.gateway.bean(Ledger.class).save(running).block();
		this.gateway.bean(LedgerKeeper.class).tidy(NOW).block();
		assertThat(count("generation")).isEqualTo(2);
		assertThat(usage(Set.of(), NOW.minus(Duration.ofDays(30)), NOW.plus(Duration.ofDays(1))).getFirst()
			.figures()
			.settledMicros()).isEqualTo(6010);
		this.gateway.bean(LedgerKeeper.class).tidy(NOW.plus(Duration.ofDays(70))).block();
		assertThat(count("spend_hour") + count("tag_hour") + count("usage_day")).isZero();
	}

	@Test
	void daysThatAreOverAreAddedUpWithoutAChangeOfFigures() {
		long hour = NOW.minus(Duration.ofDays(9)).toEpochMilli() / RollUps.HOUR * RollUps.HOUR;
		for (int i = 0; i < 9 * 24; i++) {
			for (String model : List.of("a", "b")) {
				spend("spend_hour", "", model, hour + i * RollUps.HOUR, i);
				spend("tag_hour", "team=red", model, hour + i * RollUps.HOUR, i);
			}
		}
		Instant odd = Instant.ofEpochMilli(hour).plus(Duration.ofHours(31));
		List<List<Line>> before = reports(odd);
		this.gateway.bean(LedgerKeeper.class).tidy(NOW).block();
		assertThat(count("usage_day")).isGreaterThanOrEqualTo(2 * 2 * 6);
		assertThat(reports(odd)).isEqualTo(before);
		this.gateway.bean(LedgerKeeper.class).tidy(NOW).block();
		assertThat(reports(odd)).isEqualTo(before);
		assertThat(before.getFirst()).hasSizeGreaterThan(15);
	}

	private List<List<Line>> reports(Instant odd) {
		Instant end = NOW.plus(Duration.ofDays(1));
		return List.of(usage(EnumSet.of(Group.DAY, Group.MODEL), NOW.minus(Duration.ofDays(30)), end),
				usage(Set.of(), odd, odd.plus(Duration.ofDays(3))), usage(Set.of(), odd, odd.plus(Duration.ofHours(3))),
				usage(EnumSet.of(Group.TAG), odd, end), usage(EnumSet.allOf(Group.class), odd, end));
	}

	private void spend(String table, String tag, String model, long hour, int amount) {
		boolean tagged = !tag.isEmpty();
		jdbc()
			.sql("""
					insert into %s (%s project, key_id, model, provider, hour, requests, failures, attempts, images, pixels,
					  input_tokens, output_tokens, settled_micros, maybe_micros)
					values (%s 'default', 'k', ?, 'acme', ?, 1, 0, 1, 1, 1000, 0, 0, ?, 0)"""
				.formatted(table, tagged ? "tag," : "", tagged ? "'" + tag + "'," : ""))
			.params(model, hour, amount)
			.update();
	}

	private JsonNode reconcile(String query, String invoice) {
		Gateway.Answer answer = this.gateway
			.send(this.gateway.request("/admin/v1/reconciliations?" + query, Gateway.ADMIN_KEY)
				.header("content-type", "text/csv")
				.POST(java.net.http.HttpRequest.BodyPublishers.ofString(invoice)));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		return answer.json();
	}

	@Test
	void anInvoiceByJobsIsComparedAndSettlesWhatWasOpen() {
		jdbc()
			.sql("""
					insert into budget (id, owner_kind, owner, end_user, measure, period, zone, amount, hard, warn_percent,
					  created_at, version) values ('b1', 'key', 'key_1', '', 'usd_micros', 'total', 'UTC', 1000000, 1, 0, 0, 1)""")
			.update();
		Instant at = NOW.minus(Duration.ofHours(5));
		settle(List.of(record(at, "acme", Optional.of("same"), Billed.YES, 40_000),
				record(at, "acme", Optional.of("{\"id\":\"linked\",\"poll\":\"https://x\"}"), Billed.YES, 40_000),
				record(at, "acme", Optional.of("dearer"), Billed.YES, 40_000),
				record(at, "acme", Optional.of("ours"), Billed.YES, 40_000),
				record(at, "acme", Optional.of("was-billed"), Billed.MAYBE, 40_000),
				record(at, "acme", Optional.of("was-not"), Billed.MAYBE, 40_000, held()),
				record(at, "acme", Optional.of("free"), Billed.NO, 40_000),
				record(at, "acme", Optional.empty(), Billed.YES, 7),
				record(at, "other", Optional.of("same-time"), Billed.YES, 40_000)));
		String invoice = """
				Job ID,Created At,"Cost (USD)",Model
				same,%1$s,0.0400004,x
				linked,%1$s,"$0.04",x
				dearer,%1$s,0.05,x
				was-billed,%1$s,0.035,x
				free,%1$s,0.01,x
				unknown,%1$s,1,"x, with a comma"
				""".formatted(at);
		JsonNode dry = reconcile("provider=acme&amount_column=cost+(usd)", invoice);
		assertThat(dry.path("by").asString()).isEqualTo("jobs");
		assertThat(dry.path("matched").asLong()).isEqualTo(2);
		assertThat(dry.at("/amount_differs/count").asLong()).isEqualTo(2);
		assertThat(dry.at("/ours_only/data/0/of").asString()).isEqualTo("ours");
		assertThat(dry.at("/theirs_only/data/0/of").asString()).isEqualTo("unknown");
		assertThat(dry.at("/theirs_only/data/0/invoice_micros").asDouble()).isEqualTo(1_000_000);
		assertThat(dry.at("/maybe/count").asLong()).isEqualTo(2);
		assertThat(dry.at("/without_job_id/cost_micros").asLong()).isEqualTo(7);
		assertThat(dry.path("corrected_generations").asLong()).isZero();
		assertThat(total("maybe_micros")).isEqualTo(80_000);
		assertThat(used()).isEqualTo(40_000);

		long settled = total("settled_micros");
		JsonNode applied = reconcile("provider=acme&amount_column=Cost+(USD)&apply=true", invoice);
		assertThat(applied.path("corrected_generations").asLong()).isEqualTo(2);
		assertThat(total("maybe_micros")).isZero();
		assertThat(total("settled_micros")).isEqualTo(settled + 35_000);
		assertThat(jdbc().sql("select sum(charged_micros) from generation").query(Long.class).single())
			.isEqualTo(settled + 35_000);
		assertThat(jdbc().sql("select sum(maybe_micros) from generation").query(Long.class).single()).isZero();
		assertThat(used()).as("what was not billed is there again").isZero();
		JsonNode again = reconcile("provider=acme&amount_column=cost+(usd)&apply=true", invoice);
		assertThat(again.path("corrected_generations").asLong()).isZero();
		assertThat(again.path("matched").asLong()).isEqualTo(4);
	}

	private static Optional<Hold> held() {
		return Optional.of(new Hold(List.of(new Account("b1", 0, "")), Amounts.NONE, new Amounts(40_000, 1, 0)));
	}

	private long used() {
		return jdbc().sql("select used from budget_used where budget = 'b1'").query(Long.class).single();
	}

	private long total(String column) {
		long hours = jdbc().sql("select coalesce(sum(" + column + "), 0) from spend_hour").query(Long.class).single();
		assertThat(jdbc().sql("select coalesce(sum(" + column + "), 0) from tag_hour").query(Long.class).single())
			.isEqualTo(hours);
		return hours;
	}

	@Test
	void anInvoiceByTotalsResolvesWhatAgreesWithAllOrNone() {
		Instant day = Instant.ofEpochMilli(NOW.toEpochMilli() / RollUps.DAY * RollUps.DAY);
		Instant first = day.minus(Duration.ofDays(3)).plus(Duration.ofHours(3));
		Instant second = day.minus(Duration.ofDays(2)).plus(Duration.ofHours(3));
		settle(List.of(record(first, "acme", Optional.empty(), Billed.YES, 40_000),
				record(first, "acme", Optional.empty(), Billed.MAYBE, 40_000),
				record(second, "acme", Optional.empty(), Billed.YES, 40_000),
				record(second, "acme", Optional.empty(), Billed.MAYBE, 20_000)));
		String invoice = "date;model;amount\n" + day(first) + ";own/m;0.04\n" + day(second) + ";m;0.06\n";
		JsonNode compared = reconcile("provider=acme&apply=true", invoice);
		assertThat(compared.path("by").asString()).isEqualTo("totals");
		assertThat(compared.at("/maybe/count").asLong()).isEqualTo(2);
		assertThat(compared.at("/maybe/data").valueStream().map(each -> each.path("resolution").asString()))
			.containsExactlyInAnyOrder("unbilled", "billed");
		assertThat(compared.path("corrected_generations").asLong()).isEqualTo(2);
		assertThat(total("maybe_micros")).isZero();
		assertThat(total("settled_micros")).isEqualTo(100_000);
	}

	private static String day(Instant at) {
		return at.toString().substring(0, 10);
	}

	@Test
	void anInvoiceThatCannotBeReadIsRefused() {
		Map<String, String> wrong = Map.of("id,amount\nx,NaN\n", "line 2", "id,amount\nx,1e99\n", "line 2",
				"id,amount\n", "no lines", "who,what\nx,1\n", "amount_column", "id,amount\n\"x,1\n", "quote",
				"id,amount\nx," + "1".repeat(40_000) + "\n", "characters", "id,amount\nx,1\n", "'from' is missing",
				"day,amount\nyesterday,1\n", "time");
		wrong.forEach((invoice, said) -> {
			Gateway.Answer answer = this.gateway.post("/admin/v1/reconciliations?provider=acme", Gateway.ADMIN_KEY,
					invoice);
			assertThat(answer.status()).as(invoice).isEqualTo(400);
			assertThat(answer.json().at("/error/message").asString()).contains(said);
		});
		assertThat(this.gateway.post("/admin/v1/reconciliations", Gateway.ADMIN_KEY, "x").status()).isEqualTo(400);
	}

}
