package dev.heliostat.generation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.heliostat.generation.Publication.Picture;
import dev.heliostat.generation.Publication.State;
import dev.heliostat.ledger.StoreReads;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import reactor.core.publisher.Mono;

/**
 * Publications in the database. A picture counts only while the media store has it.
 */
final class PublicationStore {

	private static final String PICTURES = """
			select shown.*, publication_picture.picture, media.id as media, media.width, media.height
			from (%s) as shown
			left join publication_picture on publication_picture.generation = shown.generation
			left join media on media.id = publication_picture.media
			order by shown.published_at desc, shown.generation desc, publication_picture.picture""";

	private static final String SHOWN = """
			state = 'PUBLISHED' and exists (select 1 from publication_picture as kept join media on media.id = kept.media
			where kept.generation = publication.generation)""";

	private final StoreReads store;

	private final TransactionOperations transaction;

	PublicationStore(StoreReads store, TransactionOperations transaction) {
		this.store = store;
		this.transaction = transaction;
	}

	Mono<Optional<Publication>> find(String generation) {
		return this.store.query(jdbc -> find(jdbc, generation));
	}

	static Optional<Publication> find(JdbcClient jdbc, String generation) {
		return read(jdbc.sql(PICTURES.formatted("select * from publication where generation = :generation"))
			.param("generation", generation)).stream().findFirst();
	}

	/** What is shown of a model, youngest first, after one of them. */
	Mono<List<Publication>> list(String model, Optional<String> after, int limit) {
		return this.store.query(jdbc -> read(jdbc
			.sql(PICTURES.formatted("""
					select * from publication where model = :model and (:after = '' or (published_at, generation) <
					  (select published_at, generation from publication where generation = :after)) and\s""" + SHOWN
					+ " order by published_at desc, generation desc limit :limit"))
			.param("model", model)
			.param("after", after.orElse(""))
			.param("limit", limit)));
	}

	/** Whether a picture is shown that the sandbox did not draw. */
	Mono<Boolean> hasReal(String model) {
		return this.store.query(jdbc -> jdbc
			.sql("select 1 from publication where model = :model and sandbox = 0 and " + SHOWN + " limit 1")
			.param("model", model)
			.query((row, number) -> 1)
			.optional()
			.isPresent());
	}

	/**
	 * Notes what is to be shown; gives whether it may be. Pictures that the media store
	 * does not have yet are not shown before it has.
	 */
	Mono<Boolean> publish(Publication wanted) {
		return this.store.query(jdbc -> Objects.requireNonNull(this.transaction.execute(status -> {
			int noted = jdbc.sql("""
					insert into publication (generation, model, key_id, project, prompt, state, sandbox, published_at)
					values (:generation, :model, :key, :project, :prompt, 'PUBLISHED', :sandbox, :at)
					on conflict (generation) do update set prompt = excluded.prompt, state = 'PUBLISHED',
					  published_at = excluded.published_at where publication.state <> 'FORBIDDEN'""")
				.param("generation", wanted.generation())
				.param("model", wanted.model())
				.param("key", wanted.keyId())
				.param("project", wanted.project())
				.param("prompt", wanted.prompt().orElse(null))
				.param("sandbox", wanted.sandbox() ? 1 : 0)
				.param("at", wanted.publishedAt().toEpochMilli())
				.update();
			if (noted == 1) {
				forget(jdbc, wanted.generation());
				for (int i = 0; i < wanted.pictures().size(); i++) {
					jdbc.sql(
							"insert into publication_picture (generation, picture, media) values (:generation, :i, :media)")
						.param("generation", wanted.generation())
						.param("i", i)
						.param("media", wanted.pictures().get(i).media())
						.update();
				}
			}
			return noted == 1;
		})));
	}

	/** Changes the prompt of what is shown already. */
	Mono<Boolean> rewrite(String generation, Optional<String> prompt) {
		return this.store.query(jdbc -> jdbc
			.sql("update publication set prompt = :prompt where generation = :generation and state = 'PUBLISHED'")
			.param("prompt", prompt.orElse(null))
			.param("generation", generation)
			.update() == 1);
	}

	/** Notes that something is shown no more. */
	Mono<Void> withdraw(String generation) {
		return this.store.query(jdbc -> Objects.requireNonNull(this.transaction.execute(status -> {
			int ended = jdbc.sql("""
					update publication set state = 'WITHDRAWN', prompt = null
					where generation = :generation and state = 'PUBLISHED'""").param("generation", generation).update();
			return (ended == 1) ? forget(jdbc, generation) : 0;
		}))).then();
	}

	/** Notes inside of a transaction that something may never be shown again. */
	static void forbid(JdbcClient jdbc, String generation) {
		jdbc.sql("update publication set state = 'FORBIDDEN', prompt = null where generation = :generation")
			.param("generation", generation)
			.update();
		forget(jdbc, generation);
	}

	private static int forget(JdbcClient jdbc, String generation) {
		return jdbc.sql("delete from publication_picture where generation = :generation")
			.param("generation", generation)
			.update();
	}

	private static List<Publication> read(JdbcClient.StatementSpec statement) {
		Map<String, Publication> bare = new LinkedHashMap<>();
		Map<String, List<Picture>> pictures = new LinkedHashMap<>();
		statement.query(row -> {
			String id = row.getString("generation");
			bare.putIfAbsent(id, publication(row));
			String media = row.getString("media");
			List<Picture> own = pictures.computeIfAbsent(id, first -> new ArrayList<>());
			if (media != null) {
				own.add(new Picture(media, row.getInt("width"), row.getInt("height")));
			}
		});
		return bare.values()
			.stream()
			.map(each -> new Publication(each.generation(), each.model(), each.keyId(), each.project(), each.prompt(),
					each.state(), each.sandbox(), each.publishedAt(),
					pictures.getOrDefault(each.generation(), List.of())))
			.toList();
	}

	private static Publication publication(ResultSet row) throws SQLException {
		return new Publication(row.getString("generation"), row.getString("model"), row.getString("key_id"),
				row.getString("project"), Optional.ofNullable(row.getString("prompt")),
				State.valueOf(row.getString("state")), row.getLong("sandbox") == 1,
				Instant.ofEpochMilli(row.getLong("published_at")), List.of());
	}

}
