package dev.heliostat.ledger;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.ledger.GenerationRecord.Status;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The generations of all callers, for operators.
 */
public final class GenerationReports {

	/** Rows that are read at once: enough for speed, and little memory. */
	private static final int PAGE = 200;

	private final StoreReads store;

	GenerationReports(StoreReads store) {
		this.store = store;
	}

	/** Some generations, the youngest first, after one of them. */
	public Mono<List<GenerationRecord>> page(ReportFilter filter, Optional<String> after, int limit) {
		Map<String, Object> parameters = new HashMap<>();
		String sql = sql(filter, after, parameters) + " limit :limit";
		parameters.put("limit", limit);
		return this.store.query(
				jdbc -> jdbc.sql(sql).params(parameters).query((row, number) -> GenerationStatement.read(row)).list());
	}

	/**
	 * All of them, read page by page as they are asked for: memory and locks do not grow
	 * with the time that the reader takes.
	 */
	public Flux<GenerationRecord> all(ReportFilter filter) {
		return page(filter, Optional.empty(), PAGE)
			.expand(page -> (page.size() < PAGE) ? Mono.empty() : page(filter, Optional.of(page.getLast().id()), PAGE))
			.flatMapIterable(page -> page, 1);
	}

	/** Those that a provider was asked for, read in the same way. */
	Flux<GenerationRecord> ofProvider(String provider, Instant from, Instant to) {
		String asked = "%\"provider\":\"" + provider.replaceAll("[!%_]", "!$0") + "\"%";
		return ofProvider(asked, from, GenerationRecord.firstId(to))
			.expand(page -> (page.size() < PAGE) ? Mono.empty() : ofProvider(asked, from, page.getLast().id()))
			.flatMapIterable(page -> page, 1);
	}

	private Mono<List<GenerationRecord>> ofProvider(String asked, Instant from, String before) {
		return this.store.query(jdbc -> jdbc.sql("""
				select * from generation where id < :before and id >= :from and attempts like :asked escape '!'
				order by id desc limit :limit""")
			.param("before", before)
			.param("from", GenerationRecord.firstId(from))
			.param("asked", asked)
			.param("limit", PAGE)
			.query((row, number) -> GenerationStatement.read(row))
			.list());
	}

	/**
	 * Rows of one owner are sorted by an index that begins with it; all others by id,
	 * which begins with the time.
	 */
	private static String sql(ReportFilter filter, Optional<String> after, Map<String, Object> parameters) {
		List<String> conditions = filter.conditions(parameters);
		filter.status().ifPresent(status -> {
			// Said twice, because these few have indexes of their own.
			switch (status) {
				case FAILED, CANCELLED -> conditions.add("error_code is not null");
				case QUEUED, RUNNING -> conditions.add("settled = 0");
				case SUCCEEDED -> {
					// Nearly all of them.
				}
			}
			conditions.add("status = :status");
			parameters.put("status", status.name());
		});
		filter.from().ifPresent(from -> from(conditions, parameters, from));
		filter.to().ifPresent(to -> to(conditions, parameters, to));
		after.ifPresent(id -> {
			conditions.add(filter.isOfOwner()
					? "(created_at, id) < (select created_at, id from generation where id = :after)" : "id < :after");
			parameters.put("after", id);
		});
		return "select * from generation" + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
				+ (filter.isOfOwner() ? " order by created_at desc, id desc" : " order by id desc");
	}

	private static void from(List<String> conditions, Map<String, Object> parameters, Instant from) {
		conditions.add("created_at >= :from and id >= :fromId");
		parameters.put("from", from.toEpochMilli());
		parameters.put("fromId", GenerationRecord.firstId(from));
	}

	private static void to(List<String> conditions, Map<String, Object> parameters, Instant to) {
		conditions.add("created_at < :to and id < :toId");
		parameters.put("to", to.toEpochMilli());
		parameters.put("toId", GenerationRecord.firstId(to));
	}

}
