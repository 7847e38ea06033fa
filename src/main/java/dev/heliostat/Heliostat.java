package dev.heliostat;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The gateway's entry point.
 */
@SpringBootApplication
public class Heliostat {

	/**
	 * Starts the gateway; settings come from files, variables and arguments as Spring
	 * Boot reads them.
	 */
	public static void main(String[] args) {
		SpringApplication.run(Heliostat.class, args);
	}

}
