package dev.heliostat;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;

/**
 * The gateway's entry point. Only classes whose names say that they configure are looked
 * at: opening each of the others would take a part of every start.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan(resourcePattern = "**/{name:.*(?:Configuration|Routes)}.class",
		excludeFilters = @Filter(type = FilterType.CUSTOM, classes = TypeExcludeFilter.class))
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
