package dev.heliostat;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The gateway's entry point.
 */
@SpringBootApplication
public class Heliostat {

	/**
	 * How many pieces of a body Reactor Netty asks for before the first of them is
	 * written, to clients and to providers. Its own default of 128 lets each slow reader
	 * hold megabytes. An empty piece is never asked for again, so whoever writes a body
	 * leaves those out.
	 */
	private static final String PIECES_AHEAD = "reactor.netty.send.maxPrefetchSize";

	/**
	 * Whether Netty follows some of its buffers to find lost ones, with a stack trace for
	 * each: for those who look for one, not for every day.
	 */
	private static final String FOLLOWED_BUFFERS = "io.netty.leakDetection.level";

	static {
		unlessSet(PIECES_AHEAD, "4");
		unlessSet(FOLLOWED_BUFFERS, "disabled");
	}

	private static void unlessSet(String property, String value) {
		if (System.getProperty(property) == null) {
			System.setProperty(property, value);
		}
	}

	/**
	 * Starts the gateway; settings come from files, variables and arguments as Spring
	 * Boot reads them.
	 */
	public static void main(String[] args) {
		SpringApplication.run(Heliostat.class, args);
	}

}
