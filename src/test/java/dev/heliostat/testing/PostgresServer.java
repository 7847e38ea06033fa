package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real PostgreSQL, started once for all tests: in a container where a Docker engine
 * answers, else from embedded binaries.
 */
public final class PostgresServer {

	private static final AtomicInteger DATABASES = new AtomicInteger();

	private static PostgresServer server;

	private final String base;

	private final String user;

	private final String password;

	private PostgresServer(String base, String user, String password) {
		this.base = base;
		this.user = user;
		this.password = password;
	}

	private static synchronized PostgresServer server() {
		if (server == null) {
			server = DockerEngine.isUsable() ? container() : embedded();
		}
		return server;
	}

	private static PostgresServer container() {
		try {
			PostgreSQLContainer container = new PostgreSQLContainer(DockerImageName.parse("postgres:17-alpine"));
			container.start();
			Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
			return new PostgresServer(
					"jdbc:postgresql://" + container.getHost() + ":"
							+ container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/",
					container.getUsername(), container.getPassword());
		}
		catch (RuntimeException ex) {
			System.err
				.println("The engine has no usable PostgreSQL image, using embedded binaries: " + ex.getMessage());
			return embedded();
		}
	}

	/**
	 * PostgreSQL refuses to run as root: there the binaries are started as another user
	 * of the machine.
	 */
	private static PostgresServer embedded() {
		try {
			EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
			EmbeddedPostgres postgres = builder.start();
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				try {
					postgres.close();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}));
			return new PostgresServer("jdbc:postgresql://localhost:" + postgres.getPort() + "/", "postgres",
					"postgres");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The arguments that put a gateway on an empty database of its own. */
	public static List<String> freshDatabase() {
		PostgresServer running = server();
		String name = "heliostat_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
		try (Connection connection = DriverManager.getConnection(running.base + "postgres", running.user,
				running.password); Statement statement = connection.createStatement()) {
			statement.execute("create database " + name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return List.of("--heliostat.store.url=" + running.base + name, "--heliostat.store.username=" + running.user,
				"--heliostat.store.password=" + running.password);
	}

}
