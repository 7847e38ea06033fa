package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Repeats;
import dev.heliostat.ledger.GenerationRecord.Status;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The statements that write a generation, and the mapping of its row.
 */
final class GenerationStatement {

	/**
	 * What is absent is not written: rows are small, and those of older versions read
	 * alike.
	 */
	private static final JsonMapper JSON = JsonMapper.builder()
		.changeDefaultPropertyInclusion(usual -> usual.withValueInclusion(JsonInclude.Include.NON_ABSENT))
		.build();

	private static final TypeReference<List<AttemptRecord>> ATTEMPTS = new TypeReference<>() {
	};

	private static final TypeReference<Map<String, JsonNode>> PRICED_BY = new TypeReference<>() {
	};

	private static final String INSERT = """
			insert into generation (id, request_id, key_id, project, capability, model, provider, count, status,
			  created_at, finished_at, attempts, quoted_micros, charged_micros, maybe_micros, images, megapixels,
			  priced_by, error_code, settled, owner, fingerprint, idempotency_key, retries, unheard, booked, result,
			  hold, client, gateway_millis)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String UPSERT = INSERT + """
			on conflict (id) do update set
			  provider = excluded.provider, status = excluded.status, finished_at = excluded.finished_at,
			  attempts = excluded.attempts, quoted_micros = excluded.quoted_micros,
			  charged_micros = excluded.charged_micros, maybe_micros = excluded.maybe_micros,
			  images = excluded.images, megapixels = excluded.megapixels, priced_by = excluded.priced_by,
			  error_code = excluded.error_code, settled = excluded.settled, unheard = excluded.unheard,
			  result = excluded.result, hold = excluded.hold, gateway_millis = excluded.gateway_millis
			where generation.settled = 0 and generation.owner = excluded.owner""";

	private static final String CLAIM = INSERT + """
			on conflict (key_id, idempotency_key) where idempotency_key is not null do nothing""";

	private GenerationStatement() {
	}

	/** Writes all; gives those that took effect. */
	static List<GenerationWrite> write(Connection connection, List<GenerationWrite> writes) throws SQLException {
		List<GenerationWrite> effective = new ArrayList<>();
		for (GenerationWrite.Kind kind : GenerationWrite.Kind.values()) {
			List<GenerationWrite> same = writes.stream().filter(write -> write.kind() == kind).toList();
			if (!same.isEmpty()) {
				effective.addAll(execute(connection, switch (kind) {
					case CLAIM -> CLAIM;
					case SAVE, RESERVE, SETTLE -> UPSERT;
				}, same));
			}
		}
		return effective;
	}

	private static List<GenerationWrite> execute(Connection connection, String sql, List<GenerationWrite> writes)
			throws SQLException {
		List<GenerationWrite> effective = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (GenerationWrite write : writes) {
				bind(statement, write);
				statement.addBatch();
			}
			int[] changed = statement.executeBatch();
			for (int i = 0; i < changed.length; i++) {
				if (changed[i] > 0) {
					effective.add(writes.get(i));
				}
			}
		}
		return effective;
	}

	private static void bind(PreparedStatement statement, GenerationWrite write) throws SQLException {
		GenerationRecord generation = write.generation();
		int i = 0;
		statement.setString(++i, generation.id());
		statement.setString(++i, generation.requestId());
		statement.setString(++i, generation.keyId());
		statement.setString(++i, generation.project());
		statement.setString(++i, generation.capability().name());
		statement.setString(++i, generation.model());
		statement.setString(++i, generation.attempts().isEmpty() ? "" : generation.attempts().getLast().provider());
		statement.setLong(++i, generation.count());
		statement.setString(++i, generation.status().name());
		statement.setLong(++i, generation.createdAt().toEpochMilli());
		if (generation.finishedAt().isPresent()) {
			statement.setLong(++i, generation.finishedAt().get().toEpochMilli());
		}
		else {
			statement.setNull(++i, Types.BIGINT);
		}
		statement.setString(++i, json(generation.attempts()));
		statement.setLong(++i, generation.quoted().micros());
		statement.setLong(++i, generation.charged().micros());
		statement.setLong(++i, generation.maybeCharged().micros());
		statement.setLong(++i, generation.images());
		statement.setDouble(++i, generation.megapixels());
		statement.setString(++i, JSON.writeValueAsString(generation.pricedBy()));
		text(statement, ++i, generation.errorCode());
		statement.setLong(++i, write.settles() ? 1 : 0);
		statement.setLong(++i, generation.owner());
		statement.setString(++i, generation.repeats().fingerprint());
		text(statement, ++i, generation.repeats().key());
		statement.setLong(++i, generation.repeats().retries());
		statement.setLong(++i, generation.repeats().unheard() ? 1 : 0);
		statement.setLong(++i, generation.booked());
		text(statement, ++i, generation.result());
		text(statement, ++i, generation.hold().map(JSON::writeValueAsString));
		text(statement, ++i, generation.client().equals(ClientNotes.NONE) ? Optional.empty()
				: Optional.of(JSON.writeValueAsString(generation.client())));
		statement.setLong(++i, generation.gatewayMillis());
	}

	static void text(PreparedStatement statement, int index, Optional<String> value) throws SQLException {
		if (value.isPresent()) {
			statement.setString(index, value.get());
		}
		else {
			statement.setNull(index, Types.VARCHAR);
		}
	}

	static Optional<Hold> hold(Optional<String> column) {
		return column.map(text -> JSON.readValue(text, Hold.class));
	}

	private static ClientNotes client(@Nullable String json) {
		return (json != null) ? JSON.readValue(json, ClientNotes.class) : ClientNotes.NONE;
	}

	static String json(Hold hold) {
		return JSON.writeValueAsString(hold);
	}

	static String json(List<AttemptRecord> attempts) {
		return JSON.writeValueAsString(attempts);
	}

	static GenerationRecord read(ResultSet row) throws SQLException {
		long finished = row.getLong("finished_at");
		Optional<Instant> finishedAt = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(finished));
		return new GenerationRecord(row.getString("id"), row.getString("request_id"), row.getString("key_id"),
				row.getString("project"), Capability.valueOf(row.getString("capability")), row.getString("model"),
				row.getInt("count"), Status.valueOf(row.getString("status")),
				Instant.ofEpochMilli(row.getLong("created_at")), finishedAt,
				JSON.readValue(row.getString("attempts"), ATTEMPTS), new Money(row.getLong("quoted_micros")),
				row.getInt("images"), row.getDouble("megapixels"),
				JSON.readValue(row.getString("priced_by"), PRICED_BY), Optional.ofNullable(row.getString("error_code")),
				new Repeats(row.getString("fingerprint"), Optional.ofNullable(row.getString("idempotency_key")),
						row.getInt("retries"), row.getInt("unheard") == 1),
				row.getLong("owner"), row.getInt("booked"), Optional.ofNullable(row.getString("result")),
				hold(Optional.ofNullable(row.getString("hold"))), client(row.getString("client")),
				row.getLong("gateway_millis"));
	}

}
