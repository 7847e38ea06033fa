package dev.heliostat.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.ledger.MediaRecord.Owner;

/**
 * The statements that add pictures to the index of media, and the mapping of its rows.
 * Writing a picture again changes nothing. Rows are taken in the order of tables and
 * keys, as everywhere that takes several.
 */
final class MediaStatement {

	private static final String INSERT = """
			insert into media (id, sha256, type, bytes, width, height, key_id, project, generation, created_at, expires_at)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (id) do nothing""";

	private static final String REFER = """
			insert into media_blob (sha256, name, bytes, refs) values (?, ?, ?, ?)
			on conflict (sha256) do update set
			  refs = media_blob.refs + excluded.refs, previous = media_blob.name, name = excluded.name""";

	/** Equal bytes were there before: that copy of them is not needed. */
	private static final String DISCARD_PREVIOUS = """
			insert into media_garbage (name, due_at)
			select previous, cast(? as bigint) from media_blob where sha256 = ? and previous is not null
			on conflict (name) do nothing""";

	private static final String DISCARD = """
			insert into media_garbage (name, due_at) values (?, ?) on conflict (name) do nothing""";

	private MediaStatement() {
	}

	static void write(Connection connection, List<MediaRecord> records) throws SQLException {
		if (records.isEmpty()) {
			return;
		}
		List<MediaRecord> ordered = new ArrayList<>(records);
		ordered.sort(Comparator.comparing(MediaRecord::sha256).thenComparing(MediaRecord::id));
		Map<String, List<MediaRecord>> added = new TreeMap<>();
		insert(connection, ordered)
			.forEach(record -> added.computeIfAbsent(record.sha256(), first -> new ArrayList<>()).add(record));
		try (PreparedStatement refer = connection.prepareStatement(REFER);
				PreparedStatement discardPrevious = connection.prepareStatement(DISCARD_PREVIOUS);
				PreparedStatement discard = connection.prepareStatement(DISCARD)) {
			for (List<MediaRecord> equal : added.values()) {
				MediaRecord kept = equal.getLast();
				refer.setString(1, kept.sha256());
				refer.setString(2, kept.name());
				refer.setLong(3, kept.bytes());
				refer.setLong(4, equal.size());
				refer.addBatch();
				discardPrevious.setLong(1, kept.othersUntil().toEpochMilli());
				discardPrevious.setString(2, kept.sha256());
				discardPrevious.addBatch();
				for (MediaRecord other : equal.subList(0, equal.size() - 1)) {
					discard.setString(1, other.name());
					discard.setLong(2, other.createdAt().toEpochMilli());
					discard.addBatch();
				}
			}
			refer.executeBatch();
			discardPrevious.executeBatch();
			discard.executeBatch();
		}
	}

	private static List<MediaRecord> insert(Connection connection, List<MediaRecord> records) throws SQLException {
		List<MediaRecord> added = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
			for (MediaRecord record : records) {
				int i = 0;
				statement.setString(++i, record.id());
				statement.setString(++i, record.sha256());
				statement.setString(++i, record.type().name());
				statement.setLong(++i, record.bytes());
				number(statement, ++i, record.size().map(ImageSize::width));
				number(statement, ++i, record.size().map(ImageSize::height));
				statement.setString(++i, record.owner().keyId());
				statement.setString(++i, record.owner().project());
				statement.setString(++i, record.owner().generation());
				statement.setLong(++i, record.createdAt().toEpochMilli());
				statement.setLong(++i, record.expiresAt().toEpochMilli());
				statement.addBatch();
			}
			int[] changed = statement.executeBatch();
			for (int i = 0; i < changed.length; i++) {
				if (changed[i] > 0) {
					added.add(records.get(i));
				}
			}
		}
		return added;
	}

	private static void number(PreparedStatement statement, int index, Optional<Integer> value) throws SQLException {
		if (value.isPresent()) {
			statement.setLong(index, value.get());
		}
		else {
			statement.setNull(index, Types.BIGINT);
		}
	}

	static MediaRecord read(ResultSet row) throws SQLException {
		int width = row.getInt("width");
		Optional<ImageSize> size = row.wasNull() ? Optional.empty()
				: Optional.of(new ImageSize(width, row.getInt("height")));
		return new MediaRecord(row.getString("id"), row.getString("sha256"), row.getString("name"),
				ImageType.valueOf(row.getString("type")), row.getLong("bytes"), size,
				new Owner(row.getString("key_id"), row.getString("project"), row.getString("generation")),
				Instant.ofEpochMilli(row.getLong("created_at")), Instant.ofEpochMilli(row.getLong("expires_at")),
				Instant.ofEpochMilli(row.getLong("created_at")));
	}

}
