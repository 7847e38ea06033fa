package dev.heliostat.testing;

import org.testcontainers.DockerClientFactory;

/**
 * Whether a Docker engine answers that can start containers; asked once, because it takes
 * long to find out that it cannot.
 */
final class DockerEngine {

	private static final boolean USABLE = ask();

	private DockerEngine() {
	}

	static boolean isUsable() {
		return USABLE;
	}

	private static boolean ask() {
		try {
			return DockerClientFactory.instance().isDockerAvailable();
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

}
