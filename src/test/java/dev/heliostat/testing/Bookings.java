package dev.heliostat.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the rows of a ledger say that each provider has billed or may have billed, to be
 * laid beside its bill.
 */
public final class Bookings {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Map<String, Long> settled = new HashMap<>();

	private final Map<String, Long> maybe = new HashMap<>();

	private final Consumer<String> complaints;

	/** Counts nothing so far. */
	public Bookings(Consumer<String> complaints) {
		this.complaints = complaints;
	}

	/** What a query finds, as texts. */
	public static List<Map<String, String>> rows(Connection connection, String sql) throws SQLException {
		List<Map<String, String>> rows = new ArrayList<>();
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			while (result.next()) {
				Map<String, String> row = new HashMap<>();
				for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
					row.put(result.getMetaData().getColumnName(i), String.valueOf(result.getString(i)));
				}
				rows.add(row);
			}
		}
		return rows;
	}

	/** The submissions of a generation. */
	public static JsonNode attempts(Map<String, String> row) {
		return JSON.readTree(row.get("attempts"));
	}

	/**
	 * Counts a generation; complains where a submission has no end, or a picture is paid
	 * for more than once.
	 */
	public void add(Map<String, String> row) {
		int[] paid = new int[Integer.parseInt(row.get("count"))];
		for (JsonNode attempt : attempts(row)) {
			String provider = attempt.path("provider").asString();
			long micros = attempt.at("/charge/micros").asLong();
			String billed = attempt.path("billed").asString("");
			switch (billed) {
				case "YES" -> this.settled.merge(provider, micros, Long::sum);
				case "MAYBE" -> this.maybe.merge(provider, micros, Long::sum);
				case "NO" -> assertThat(micros).isZero();
				default -> this.complaints.accept(row.get("id") + " has an attempt without an end: " + row);
			}
			for (int i = 0; !billed.equals("NO") && i < attempt.path("pictures").asInt(); i++) {
				if (++paid[attempt.path("picture").asInt() + i] > 1) {
					this.complaints.accept(row.get("id") + " paid twice: " + row.get("attempts"));
				}
			}
		}
	}

	/** Everything that is or may be billed. */
	public long all() {
		return this.settled.values().stream().mapToLong(Long::longValue).sum() + maybe();
	}

	/** What may be billed. */
	public long maybe() {
		return this.maybe.values().stream().mapToLong(Long::longValue).sum();
	}

	/** A bill holds all that is settled, and no more than what may be on it besides. */
	public void expectBill(String provider, long bill) {
		long least = this.settled.getOrDefault(provider, 0L);
		assertThat(bill).as(provider + ": settled <= bill <= settled + maybe")
			.isBetween(least, least + this.maybe.getOrDefault(provider, 0L));
	}

}
