package dev.heliostat.testing;

import java.util.List;
import java.util.Optional;

/**
 * A gateway's place in a cluster: its process may be killed, and another one comes on the
 * same data directory.
 */
public final class GatewayNode implements Breakable, AutoCloseable {

	private final String name;

	private final List<String> arguments;

	private volatile Optional<GatewayProcess> process = Optional.empty();

	/** Starts a node. */
	public GatewayNode(String name, List<String> arguments) {
		this.name = name;
		this.arguments = List.copyOf(arguments);
		up();
	}

	@Override
	public String name() {
		return this.name;
	}

	/** Its process; empty while it is down. */
	public Optional<GatewayProcess> process() {
		return this.process;
	}

	@Override
	public void down() {
		Optional<GatewayProcess> running = this.process;
		this.process = Optional.empty();
		running.ifPresent(GatewayProcess::kill);
	}

	@Override
	public void up() {
		this.process = Optional.of(GatewayProcess.start(List.of("-Xmx384m"), this.arguments));
	}

	@Override
	public void close() {
		down();
	}

}
