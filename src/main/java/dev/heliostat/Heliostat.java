package dev.heliostat;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The gateway's entry point.
 */
@SpringBootApplication
public class Heliostat {

	public static void main(String[] args) {
		SpringApplication.run(Heliostat.class, args);
	}

	sealed interface A permits B, C {

	}

	record B(int x) implements A {
	}

	record C(String y) implements A {
	}

	static int probe(A a) {
		return switch (a) {
			case B(var x) when x > 3 -> x;
			case B _ -> 0;
			case C(var y) -> y.length();
		};
	}

}
