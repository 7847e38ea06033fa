package dev.heliostat.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Which ends of generations somebody is still to be told of, what came of telling them,
 * and what it is signed with. Texts that are secret come encrypted.
 */
public final class Webhooks {

	private static final String MESSAGES = """
			select webhook.*, webhook_delivery.tried_at, webhook_delivery.status, webhook_delivery.outcome from webhook
			left join webhook_delivery on webhook_delivery.generation = webhook.generation and webhook_delivery.tried_at =
			  (select max(tried_at) from webhook_delivery where generation = webhook.generation)
			""";

	private final StoreReads store;

	Webhooks(StoreReads store) {
		this.store = store;
	}

	/**
	 * A message that is to be sent.
	 *
	 * @param generation whose end it tells
	 * @param project whose secret signs it
	 * @param url where it goes, encrypted
	 * @param dueAt when it is to be sent
	 * @param tries how often it was tried before
	 */
	public record Due(String generation, String project, String url, Instant dueAt, int tries) {
	}

	/**
	 * A try to send a message.
	 *
	 * @param at when
	 * @param status the receiver's HTTP status; 0 when it gave none
	 * @param outcome what came of it, for people
	 */
	public record Delivery(Instant at, int status, String outcome) {
	}

	/**
	 * A message as operators see it.
	 *
	 * @param generation whose end it tells
	 * @param project whose secret signs it
	 * @param createdAt when it was asked for
	 * @param dueAt when it is sent next; empty when it was delivered or given up
	 * @param tries how often it was tried since it was asked for
	 * @param last what came of the latest try
	 */
	public record Message(String generation, String project, Instant createdAt, Optional<Instant> dueAt, int tries,
			Optional<Delivery> last) {
	}

	/**
	 * Messages by their generations, youngest first, after one of them.
	 * @param waiting only those that are to be sent yet
	 */
	public Mono<List<Message>> list(Optional<String> after, boolean waiting, int limit) {
		return this.store.query(jdbc -> jdbc.sql(MESSAGES + """
				where (:after = '' or webhook.generation < :after) and (:waiting = 0 or webhook.due_at is not null)
				order by webhook.generation desc limit :limit""")
			.param("after", after.orElse(""))
			.param("waiting", waiting ? 1 : 0)
			.param("limit", limit)
			.query((row, number) -> message(row))
			.list());
	}

	/** The message about a generation. */
	public Mono<Optional<Message>> find(String generation) {
		return this.store.query(jdbc -> jdbc.sql(MESSAGES + "where webhook.generation = :generation")
			.param("generation", generation)
			.query((row, number) -> message(row))
			.optional());
	}

	private static Message message(ResultSet row) throws SQLException {
		long due = row.getLong("due_at");
		Optional<Instant> dueAt = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(due));
		long tried = row.getLong("tried_at");
		Optional<Delivery> last = row.wasNull() ? Optional.empty() : Optional
			.of(new Delivery(Instant.ofEpochMilli(tried), row.getInt("status"), row.getString("outcome")));
		return new Message(row.getString("generation"), row.getString("project"),
				Instant.ofEpochMilli(row.getLong("created_at")), dueAt, row.getInt("tries"), last);
	}

	/** Sends a message once more, at once; inside a change. */
	public static void resend(JdbcClient jdbc, String generation, Instant now) {
		jdbc.sql("update webhook set due_at = :now, tries = 0 where generation = :generation")
			.param("now", now.toEpochMilli())
			.param("generation", generation)
			.update();
	}

	/** Notes that the end of a generation is to be told; completes when it is durable. */
	public Mono<Void> expect(String generation, String project, String url, Instant now) {
		return this.store
			.query(jdbc -> jdbc.sql("""
					insert into webhook (generation, project, url, created_at, due_at, tries)
					values (:generation, :project, :url, :now, :now, 0)
					on conflict (generation) do update set url = excluded.url, due_at = excluded.due_at, tries = 0""")
				.param("generation", generation)
				.param("project", project)
				.param("url", url)
				.param("now", now.toEpochMilli())
				.update())
			.then();
	}

	/**
	 * Messages about generations that have ended whose time has come, the oldest first.
	 */
	public Mono<List<Due>> due(Instant now, int most) {
		return this.store.query(jdbc -> jdbc.sql("""
				select webhook.* from webhook join generation on generation.id = webhook.generation
				where webhook.due_at <= :now and generation.settled = 1 order by webhook.due_at limit :most""")
			.param("now", now.toEpochMilli())
			.param("most", most)
			.query((row, number) -> new Due(row.getString("generation"), row.getString("project"), row.getString("url"),
					Instant.ofEpochMilli(row.getLong("due_at")), row.getInt("tries")))
			.list());
	}

	/**
	 * Takes a message, so that no other node sends it meanwhile; tells whether it was
	 * got.
	 * @param until when others may take it, should this node die
	 */
	public Mono<Boolean> claim(Due due, Instant until) {
		return this.store.query(jdbc -> jdbc.sql("""
				update webhook set due_at = :until, tries = tries + 1
				where generation = :generation and due_at = :seen""")
			.param("until", until.toEpochMilli())
			.param("generation", due.generation())
			.param("seen", due.dueAt().toEpochMilli())
			.update() == 1);
	}

	/** Notes what came of a try, and when there is to be another one. */
	public Mono<Void> tried(String generation, Delivery delivery, Optional<Instant> again) {
		return this.store.query(jdbc -> {
			jdbc.sql("""
					insert into webhook_delivery (generation, tried_at, status, outcome)
					values (:generation, :at, :status, :outcome)
					on conflict (generation, tried_at) do nothing""")
				.param("generation", generation)
				.param("at", delivery.at().toEpochMilli())
				.param("status", delivery.status())
				.param("outcome", delivery.outcome())
				.update();
			return jdbc.sql("update webhook set due_at = :again where generation = :generation")
				.param("again", again.map(Instant::toEpochMilli).orElse(null))
				.param("generation", generation)
				.update();
		}).then();
	}

	/** Every try so far to tell the end of a generation, the first one first. */
	public Mono<List<Delivery>> deliveries(String generation) {
		return this.store
			.query(jdbc -> jdbc.sql("select * from webhook_delivery where generation = :generation order by tried_at")
				.param("generation", generation)
				.query((row, number) -> new Delivery(Instant.ofEpochMilli(row.getLong("tried_at")),
						row.getInt("status"), row.getString("outcome")))
				.list());
	}

	/**
	 * The secrets that a project's messages are signed with now, the one in force first;
	 * the first one is made when there is none.
	 */
	public Mono<List<String>> secrets(String project, Instant now, Supplier<String> fresh) {
		return this.store.query(jdbc -> {
			while (true) {
				List<String> found = jdbc.sql("""
						select secret from webhook_secret
						where project = :project and (retires_at is null or retires_at > :now) order by version desc""")
					.param("project", project)
					.param("now", now.toEpochMilli())
					.query((row, number) -> row.getString("secret"))
					.list();
				if (!found.isEmpty()) {
					return found;
				}
				jdbc.sql("""
						insert into webhook_secret (project, version, secret) values (:project, 1, :secret)
						on conflict (project, version) do nothing""")
					.param("project", project)
					.param("secret", fresh.get())
					.update();
			}
		});
	}

	/**
	 * Puts another secret in force; the one before signs as well for a while, so that
	 * receivers can change theirs meanwhile.
	 */
	public Mono<Void> rotate(String project, String secret, Instant now, Duration overlap) {
		return this.store.query(jdbc -> {
			jdbc.sql(
					"""
							insert into webhook_secret (project, version, secret)
							select :project, coalesce(max(version), 0) + 1, :secret from webhook_secret where project = :project""")
				.param("project", project)
				.param("secret", secret)
				.update();
			return jdbc.sql("""
					update webhook_secret set retires_at = :end where project = :project and retires_at is null
					and version < (select max(version) from webhook_secret where project = :project)""")
				.param("end", now.plus(overlap).toEpochMilli())
				.param("project", project)
				.update();
		}).then();
	}

	/** Forgets messages of before an instant, and what came of them. */
	public Mono<Void> trim(Instant before) {
		return this.store.query(jdbc -> {
			jdbc.sql("delete from webhook_delivery where tried_at < :before")
				.param("before", before.toEpochMilli())
				.update();
			return jdbc.sql("delete from webhook where created_at < :before")
				.param("before", before.toEpochMilli())
				.update();
		}).then();
	}

}
