package dev.heliostat.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.heliostat.image.GatewayError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Copies the embedded store while it is used: the copy is as of one moment, whole, and a
 * store by itself.
 */
public final class Backups {

	private static final Logger logger = LoggerFactory.getLogger(Backups.class);

	private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'heliostat-'yyyyMMdd-HHmmss-SSS'.db'")
		.withZone(ZoneOffset.UTC);

	private final StoreReads store;

	private final DataDirectory directory;

	private final boolean embedded;

	private final AtomicBoolean busy = new AtomicBoolean();

	Backups(StoreReads store, DataDirectory directory, boolean embedded) {
		this.store = store;
		this.directory = directory;
		this.embedded = embedded;
	}

	/**
	 * A copy of the store.
	 *
	 * @param path where it is
	 * @param bytes its size
	 * @param madeAt when it was made
	 */
	public record Backup(Path path, long bytes, Instant madeAt) {
	}

	/** Makes a copy in the data directory; completes when it is on disk. */
	public Mono<Backup> make(Instant now) {
		return Mono.defer(() -> {
			if (!this.embedded) {
				return Mono.error(new GatewayError.InvalidValue("store",
						"store: PostgreSQL (expected: the embedded store). Back up PostgreSQL with pg_dump or with "
								+ "what your database service offers.")
					.asException());
			}
			if (!this.busy.compareAndSet(false, true)) {
				return Mono
					.error(new GatewayError.RateLimited("A backup is being made already. Try again when it is there.",
							Duration.ofSeconds(10))
						.asException());
			}
			return this.store.query(jdbc -> copy(jdbc, now)).doFinally(end -> this.busy.set(false));
		});
	}

	/**
	 * Under another name until it is whole, so that half a copy is never taken for one.
	 */
	private Backup copy(JdbcClient jdbc, Instant now) {
		Path target = this.directory.directory("backups").resolve(NAME.format(now)).toAbsolutePath();
		Path partial = target.resolveSibling(target.getFileName() + ".partial");
		try {
			Files.deleteIfExists(partial);
			jdbc.sql("vacuum into :path").param("path", partial.toString()).update();
			try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
				channel.force(true);
			}
			Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
			return new Backup(target, Files.size(target), now);
		}
		catch (IOException | RuntimeException ex) {
			logger.error("The backup {} could not be made", target, ex);
			delete(partial);
			throw new GatewayError.Internal("The backup could not be made; the log says why. Is the disk full?", true)
				.asException();
		}
	}

	private static void delete(Path partial) {
		try {
			Files.deleteIfExists(partial);
		}
		catch (IOException ex) {
			logger.debug("{} could not be deleted", partial, ex);
		}
	}

}
