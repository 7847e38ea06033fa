package dev.heliostat.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import dev.heliostat.testing.Gateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.node.StringNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What the ledger promises, on whatever database it stands.
 */
abstract class LedgerContract {

	private Gateway gateway;

	private Ledger ledger;

	private JdbcClient jdbc;

	/** Arguments that choose the database. */
	protected abstract List<String> database();

	@BeforeEach
	void start() {
		this.gateway = Gateway.start(database().toArray(String[]::new));
		this.ledger = this.gateway.bean(Ledger.class);
		this.jdbc = this.gateway.bean(JdbcClient.class);
	}

	@AfterEach
	void stop() {
		this.gateway.close();
	}

	private static GenerationRecord record(String id, Status status, long micros) {
		AttemptRecord attempt = new AttemptRecord(0, 1, "replicate", "replicate/m", "replicate/o/m",
				Optional.of("job-" + id), Instant.ofEpochMilli(1000), Optional.of(5L), Optional.of("served"),
				Optional.empty(), Optional.of(Billed.YES), new Money(micros), new Money(micros), false,
				Optional.empty(), Optional.empty(), Optional.of(dev.heliostat.image.Output.ANY),
				Optional.of(new Measured(Optional.of(39_999L), 12, 4000, 3, 1, List.of("1024x1024"))));
		return new GenerationRecord(id, "req_1", "key_1", "default", Capability.GENERATE, "m", 1, status,
				Instant.ofEpochMilli(1_700_000_000_000L), Optional.empty(), List.of(attempt), Money.ZERO, 1, 1.05,
				Map.of("quality", StringNode.valueOf("high")), Optional.empty(), Repeats.NONE, 7, 0, Optional.empty(),
				Optional.empty(),
				new ClientNotes(Optional.of("s-1"), Optional.empty(), List.of("team=red"), Map.of("order", "7")), 4);
	}

	private long spent() {
		return this.jdbc.sql("select coalesce(sum(settled_micros), 0) from spend_hour").query(Long.class).single();
	}

	@Test
	void aRecordIsReadAsItWasWritten() {
		GenerationRecord written = record("gen_a", Status.RUNNING, 40_000);
		this.ledger.save(written).block();
		assertThat(this.ledger.find("gen_a").block()).contains(written);
		assertThat(this.ledger.find("gen_nowhere").block()).isEmpty();
	}

	@Test
	void settlingTwiceCountsOnceAndNothingChangesASettledRecord() {
		GenerationRecord settled = record("gen_b", Status.SUCCEEDED, 40_000);
		this.ledger.save(record("gen_b", Status.RUNNING, 0)).block();
		this.ledger.settle(settled).block();
		this.ledger.settle(settled).block();
		assertThatThrownBy(() -> this.ledger.save(record("gen_b", Status.RUNNING, 7)).block())
			.isInstanceOf(GatewayException.class);
		assertThat(this.ledger.find("gen_b").block()).contains(settled);
		assertThat(spent()).isEqualTo(40_000);
	}

	@Test
	void aThousandWritesAtOnceAreAllDurableAndAddUp() {
		Flux.range(0, 1000)
			.flatMap(i -> this.ledger.save(record("gen_" + i, Status.RUNNING, 0))
				.then(this.ledger.settle(record("gen_" + i, Status.SUCCEEDED, i))), 1000)
			.blockLast();
		assertThat(this.jdbc.sql("select count(*) from generation where settled = 1").query(Long.class).single())
			.isEqualTo(1000);
		assertThat(spent()).isEqualTo(999 * 1000 / 2);
		assertThat(this.jdbc.sql("select sum(charged_micros) from generation").query(Long.class).single())
			.isEqualTo(spent());
		assertThat(this.jdbc.sql("select count(*) from write_batch").query(Long.class).single()).isLessThan(1000);
	}

	@Test
	void aWriteThatTheDatabaseRefusesFailsAlone() {
		List<reactor.core.publisher.Mono<Void>> writes = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			writes.add(this.ledger.save(record("gen_" + i, Status.RUNNING, 0)));
		}
		GenerationRecord poison = new GenerationRecord("gen_poison", "req\u0000", "key_1", "default",
				Capability.GENERATE, "m", 1, Status.RUNNING, Instant.EPOCH, Optional.empty(), List.of(), Money.ZERO, 0,
				Double.NaN, Map.of(), Optional.empty(), Repeats.NONE, 7, 0, Optional.empty(), Optional.empty(),
				ClientNotes.NONE, 0);
		writes.add(25, this.ledger.save(poison).onErrorComplete());
		Flux.merge(writes).blockLast();
		assertThat(this.jdbc.sql("select count(*) from generation where id <> 'gen_poison'").query(Long.class).single())
			.isEqualTo(50);
		assertThatThrownBy(() -> this.ledger.save(poison).block()).isInstanceOf(GatewayException.class);
	}

}
