package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL from embedded binaries that can be killed, and started again on the same
 * files and port.
 */
public final class PostgresProcess implements Breakable, AutoCloseable {

	private final Path files = Gateway.temporary();

	private final int port = Ports.free();

	private EmbeddedPostgres server = start();

	private EmbeddedPostgres start() {
		try {
			return EmbeddedPostgres.builder()
				.setDataDirectory(this.files.resolve("data"))
				.setCleanDataDirectory(false)
				.setPort(this.port)
				// What was committed survives a crash, as in every installation that
				// counts.
				.setServerConfig("synchronous_commit", "on")
				.setPGStartupWait(Duration.ofMinutes(2))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String url() {
		return "jdbc:postgresql://localhost:" + this.port + "/postgres";
	}

	/** A connection for a test's own questions. */
	public Connection connect() throws SQLException {
		return DriverManager.getConnection(url(), "postgres", "postgres");
	}

	/** The arguments that put a gateway on it. */
	public List<String> arguments() {
		return List.of("--heliostat.store.url=" + url(), "--heliostat.store.username=postgres",
				"--heliostat.store.password=postgres");
	}

	private ProcessHandle postmaster() {
		try {
			String pid = Files.readAllLines(this.files.resolve("data/postmaster.pid")).getFirst().strip();
			return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String name() {
		return "postgres";
	}

	/**
	 * As {@code pg_ctl stop -m immediate}: nothing is finished or flushed, and the next
	 * start recovers.
	 */
	@Override
	public void down() {
		ProcessHandle postmaster = postmaster();
		try {
			new ProcessBuilder("kill", "-QUIT", Long.toString(postmaster.pid())).inheritIO().start().waitFor();
			postmaster.onExit().join();
			// Gives up its lock on the files; there is nothing left to stop.
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void up() {
		this.server = start();
	}

	/**
	 * One of its processes crashes: PostgreSQL ends all connections and recovers by
	 * itself.
	 */
	public Breakable session(Random random) {
		return new Breakable() {

			@Override
			public String name() {
				return "postgres session";
			}

			@Override
			public void down() {
				List<ProcessHandle> children = postmaster().children().toList();
				if (!children.isEmpty()) {
					children.get(random.nextInt(children.size())).destroyForcibly();
				}
			}

			@Override
			public void up() {
				Awaitility.await()
					.atMost(Duration.ofMinutes(1))
					.ignoreExceptionsInstanceOf(SQLException.class)
					.until(PostgresProcess.this::answers);
			}

		};
	}

	private boolean answers() throws SQLException {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			return statement.execute("select 1");
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
