package dev.heliostat.ledger;

import java.util.Optional;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The ledger on SQLite or PostgreSQL.
 */
final class SqlLedger implements Ledger {

	private final GroupCommitWriter writer;

	private final StoreReads reads;

	SqlLedger(GroupCommitWriter writer, StoreReads reads) {
		this.writer = writer;
		this.reads = reads;
	}

	@Override
	public Mono<Void> save(GenerationRecord generation) {
		return write(new GenerationWrite(generation, false));
	}

	@Override
	public Mono<Void> settle(GenerationRecord generation) {
		return write(new GenerationWrite(generation, true));
	}

	/** Queues on subscription; what follows runs on another thread than the writer's. */
	private Mono<Void> write(GenerationWrite write) {
		return Mono.fromFuture(() -> this.writer.submit(write), true).publishOn(Schedulers.parallel());
	}

	@Override
	public Mono<Optional<GenerationRecord>> find(String id) {
		return this.reads.query(jdbc -> jdbc.sql("select * from generation where id = :id")
			.param("id", id)
			.query((row, number) -> GenerationStatement.read(row))
			.optional());
	}

}
