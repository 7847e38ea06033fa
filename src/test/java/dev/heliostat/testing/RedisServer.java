package dev.heliostat.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on an address that stays the same however often it is stopped: in a
 * container where a Docker engine answers, else from embedded binaries. It keeps nothing.
 */
public final class RedisServer implements AutoCloseable {

	/** Whether the engine has an image. */
	private static boolean hasImage = true;

	private final int port;

	private final Engine engine;

	private RedisServer(int port, Engine engine) {
		this.port = port;
		this.engine = engine;
	}

	private interface Engine {

		void start();

		void stop();

		/** Answers nothing any more, or again. */
		void silent(boolean silent);

	}

	/** Starts one. */
	public static synchronized RedisServer start() {
		int port = freePort();
		if (hasImage && DockerEngine.isUsable()) {
			RedisServer server = new RedisServer(port, new Container(port));
			try {
				server.restart();
				return server;
			}
			catch (RuntimeException ex) {
				hasImage = false;
				port = freePort();
				System.err.println("The engine has no usable Redis image, using embedded binaries: " + ex.getMessage());
			}
		}
		RedisServer server = new RedisServer(port, new Binary(port));
		server.restart();
		return server;
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Where it is. */
	public String url() {
		return "redis://127.0.0.1:" + this.port;
	}

	/** The argument that has a gateway use it. */
	public String argument() {
		return "--heliostat.redis.url=" + url();
	}

	/** Starts it, empty. */
	public void restart() {
		this.engine.start();
		Awaitility.await().ignoreExceptions().until(this::answers);
	}

	/** It is gone, and so are all connections. */
	public void stop() {
		this.engine.stop();
	}

	/** Connections stay, and no answers come. */
	public void silent(boolean silent) {
		this.engine.silent(silent);
	}

	private boolean answers() throws IOException {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 500);
			socket.setSoTimeout(500);
			socket.getOutputStream().write("PING\r\n".getBytes());
			return socket.getInputStream().read() == '+';
		}
	}

	@Override
	public void close() {
		this.engine.stop();
	}

	private static final class Binary implements Engine {

		private final int port;

		private Process process;

		Binary(int port) {
			this.port = port;
			Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
		}

		@Override
		public void start() {
			try {
				File program = ExecutableProvider.newJarResourceProvider().get();
				this.process = new ProcessBuilder(program.getPath(), "--port", Integer.toString(this.port), "--bind",
						"127.0.0.1", "--save", "", "--appendonly", "no", "--dir", program.getParent())
					.redirectOutput(ProcessBuilder.Redirect.DISCARD)
					.redirectError(ProcessBuilder.Redirect.DISCARD)
					.start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void stop() {
			if (this.process != null) {
				this.process.destroyForcibly();
				this.process.onExit().join();
			}
		}

		@Override
		public void silent(boolean silent) {
			try {
				new ProcessBuilder("kill", silent ? "-STOP" : "-CONT", Long.toString(this.process.pid())).start()
					.waitFor(5, TimeUnit.SECONDS);
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	private static final class Container implements Engine {

		private final GenericContainer<?> container;

		Container(int port) {
			this.container = new GenericContainer<>(DockerImageName.parse("redis:7-alpine")).withCommand("redis-server",
					"--save", "", "--appendonly", "no", "--bind", "0.0.0.0", "--protected-mode", "no");
			this.container.setWaitStrategy(new AbstractWaitStrategy() {

				@Override
				protected void waitUntilReady() {
					// Whoever starts it looks for an answer.
				}

			});
			this.container.withExposedPorts(6379).setPortBindings(List.of("127.0.0.1:" + port + ":6379"));
			Runtime.getRuntime().addShutdownHook(new Thread(this.container::stop));
		}

		@Override
		public void start() {
			if (this.container.getContainerId() == null) {
				this.container.start();
			}
			else {
				this.container.getDockerClient().startContainerCmd(this.container.getContainerId()).exec();
			}
		}

		@Override
		public void stop() {
			this.container.getDockerClient().killContainerCmd(this.container.getContainerId()).exec();
		}

		@Override
		public void silent(boolean silent) {
			if (silent) {
				this.container.getDockerClient().pauseContainerCmd(this.container.getContainerId()).exec();
			}
			else {
				this.container.getDockerClient().unpauseContainerCmd(this.container.getContainerId()).exec();
			}
		}

	}

}
