package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.heliostat.image.Billed;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Status;

/**
 * What ended generations add to the usage of an hour, written in the transaction that
 * settles them. They count in the hour in which they ended, so that days that are over do
 * not change any more; what is written down more than a day late counts when it is
 * written.
 */
final class RollUps {

	static final long HOUR = 3_600_000;

	static final long DAY = 24 * HOUR;

	private RollUps() {
	}

	/**
	 * The row of a roll-up.
	 *
	 * @param tag empty for the whole
	 */
	record Key(String tag, String project, String keyId, String model, String provider,
			long hour) implements Comparable<Key> {

		@Override
		public int compareTo(Key other) {
			return sortKey().compareTo(other.sortKey());
		}

		private String sortKey() {
			return String.join("\u0000", Long.toString(this.hour), this.tag, this.project, this.keyId, this.model,
					this.provider);
		}

	}

	/** Adds what some settled generations used; rows are taken in one order. */
	static void add(Connection connection, List<GenerationWrite> settled) throws SQLException {
		Map<Key, UsageFigures> sums = new TreeMap<>();
		long now = System.currentTimeMillis();
		settled.forEach(write -> addUp(write.generation(), now, sums));
		add(connection, sums);
	}

	/** Adds to rows that are not negative together with what they hold. */
	static void add(Connection connection, Map<Key, UsageFigures> sums) throws SQLException {
		List<Map.Entry<Key, UsageFigures>> whole = new ArrayList<>();
		List<Map.Entry<Key, UsageFigures>> tagged = new ArrayList<>();
		sums.entrySet().forEach(entry -> (entry.getKey().tag().isEmpty() ? whole : tagged).add(entry));
		write(connection, "spend_hour", whole);
		write(connection, "tag_hour", tagged);
	}

	static void addUp(GenerationRecord record, long now, Map<Key, UsageFigures> sums) {
		long ended = record.finishedAt().map(java.time.Instant::toEpochMilli).orElse(now);
		long hour = ((now - ended > DAY) ? now : ended) / HOUR * HOUR;
		List<AttemptRecord> fresh = record.attempts()
			.subList(Math.min(record.booked(), record.attempts().size()), record.attempts().size());
		String last = fresh.isEmpty() ? "" : fresh.getLast().provider();
		UsageFigures request = new UsageFigures(1, (record.status() == Status.FAILED) ? 1 : 0, 0, 0, 0, 0, 0, 0, 0);
		List<String> tags = new ArrayList<>(record.client().tags());
		tags.add("");
		for (String tag : tags) {
			sums.merge(key(tag, record, last, hour), request, UsageFigures::plus);
			for (AttemptRecord attempt : fresh) {
				sums.merge(key(tag, record, attempt.provider(), hour), sum(attempt), UsageFigures::plus);
			}
		}
	}

	static Key key(String tag, GenerationRecord record, String provider, long hour) {
		return new Key(tag, record.project(), record.keyId(), record.model(), provider, hour);
	}

	private static UsageFigures sum(AttemptRecord attempt) {
		Optional<Measured> measured = attempt.measured();
		return new UsageFigures(0, 0, 1, attempt.isServed() ? attempt.pictures() : 0,
				measured.map(Measured::pixels).orElse(0L), measured.map(Measured::inputTokens).orElse(0L),
				measured.map(Measured::outputTokens).orElse(0L), amount(attempt, Billed.YES),
				amount(attempt, Billed.MAYBE));
	}

	private static long amount(AttemptRecord attempt, Billed billed) {
		return attempt.billed().filter(billed::equals).map(same -> attempt.charge()).orElse(Money.ZERO).micros();
	}

	private static void write(Connection connection, String table, List<Map.Entry<Key, UsageFigures>> rows)
			throws SQLException {
		if (rows.isEmpty()) {
			return;
		}
		boolean tagged = table.equals("tag_hour");
		String sql = """
				insert into %1$s (%2$sproject, key_id, model, provider, hour, requests, failures, attempts, images, pixels,
				  input_tokens, output_tokens, settled_micros, maybe_micros)
				values (%3$s?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				on conflict (%2$sproject, key_id, model, provider, hour) do update set
				  requests = %1$s.requests + excluded.requests, failures = %1$s.failures + excluded.failures,
				  attempts = %1$s.attempts + excluded.attempts, images = %1$s.images + excluded.images,
				  pixels = %1$s.pixels + excluded.pixels, input_tokens = %1$s.input_tokens + excluded.input_tokens,
				  output_tokens = %1$s.output_tokens + excluded.output_tokens,
				  settled_micros = %1$s.settled_micros + excluded.settled_micros,
				  maybe_micros = %1$s.maybe_micros + excluded.maybe_micros"""
			.formatted(table, tagged ? "tag, " : "", tagged ? "?, " : "");
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (Map.Entry<Key, UsageFigures> row : rows) {
				bind(statement, row.getKey(), row.getValue(), tagged);
				statement.addBatch();
			}
			statement.executeBatch();
		}
	}

	private static void bind(PreparedStatement statement, Key key, UsageFigures sum, boolean tagged)
			throws SQLException {
		int i = 0;
		if (tagged) {
			statement.setString(++i, key.tag());
		}
		statement.setString(++i, key.project());
		statement.setString(++i, key.keyId());
		statement.setString(++i, key.model());
		statement.setString(++i, key.provider());
		statement.setLong(++i, key.hour());
		statement.setLong(++i, sum.requests());
		statement.setLong(++i, sum.failures());
		statement.setLong(++i, sum.attempts());
		statement.setLong(++i, sum.images());
		statement.setLong(++i, sum.pixels());
		statement.setLong(++i, sum.inputTokens());
		statement.setLong(++i, sum.outputTokens());
		statement.setLong(++i, sum.settledMicros());
		statement.setLong(++i, sum.maybeMicros());
	}

}
