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

import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Status;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one statement that writes a generation, and the mapping of its row.
 */
final class GenerationStatement {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final TypeReference<List<AttemptRecord>> ATTEMPTS = new TypeReference<>() {
	};

	private static final TypeReference<Map<String, JsonNode>> PRICED_BY = new TypeReference<>() {
	};

	private static final String UPSERT = """
			insert into generation (id, request_id, key_id, project, capability, model, provider, count, status,
			  created_at, finished_at, attempts, quoted_micros, charged_micros, maybe_micros, images, megapixels,
			  priced_by, error_code, settled)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (id) do update set
			  provider = excluded.provider, status = excluded.status, finished_at = excluded.finished_at,
			  attempts = excluded.attempts, quoted_micros = excluded.quoted_micros,
			  charged_micros = excluded.charged_micros, maybe_micros = excluded.maybe_micros,
			  images = excluded.images, megapixels = excluded.megapixels, priced_by = excluded.priced_by,
			  error_code = excluded.error_code, settled = excluded.settled
			where generation.settled = 0""";

	private GenerationStatement() {
	}

	/** Writes all; gives those that became settled by this very statement. */
	static List<GenerationWrite> upsert(Connection connection, List<GenerationWrite> writes) throws SQLException {
		List<GenerationWrite> settled = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(UPSERT)) {
			for (GenerationWrite write : writes) {
				bind(statement, write);
				statement.addBatch();
			}
			int[] changed = statement.executeBatch();
			for (int i = 0; i < changed.length; i++) {
				if (writes.get(i).settles() && changed[i] > 0) {
					settled.add(writes.get(i));
				}
			}
		}
		return settled;
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
		statement.setString(++i, JSON.writeValueAsString(generation.attempts()));
		statement.setLong(++i, generation.quoted().micros());
		statement.setLong(++i, generation.charged().micros());
		statement.setLong(++i, generation.maybeCharged().micros());
		statement.setLong(++i, generation.images());
		statement.setDouble(++i, generation.megapixels());
		statement.setString(++i, JSON.writeValueAsString(generation.pricedBy()));
		if (generation.errorCode().isPresent()) {
			statement.setString(++i, generation.errorCode().get());
		}
		else {
			statement.setNull(++i, Types.VARCHAR);
		}
		statement.setLong(++i, write.settles() ? 1 : 0);
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
				JSON.readValue(row.getString("priced_by"), PRICED_BY),
				Optional.ofNullable(row.getString("error_code")));
	}

}
