package dev.heliostat;

import java.util.List;

/**
 * Settings under {@code heliostat.} that nothing reads.
 */
class UnknownPropertyException extends RuntimeException {

	UnknownPropertyException(List<String> names) {
		super("Nothing reads " + String.join(", ", names) + ".");
	}

}
