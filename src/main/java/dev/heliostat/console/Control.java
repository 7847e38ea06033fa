package dev.heliostat.console;

import java.util.List;

/**
 * One field of the playground's form.
 *
 * @param name the parameter
 * @param label the same for people
 * @param kind what it is entered with: {@code text}, {@code area}, {@code number},
 * {@code select}
 * @param value what is entered
 * @param options what can be chosen
 * @param minimum the smallest number
 * @param maximum the largest number
 * @param step {@code 1} for whole numbers
 * @param usual what the provider assumes
 * @param help what it does
 * @param only the models that take it, where not all do
 */
record Control(String name, String label, String kind, String value, List<String> options, String minimum,
		String maximum, String step, String usual, String help, String only) {

	/** Whether it has both ends, so that it can be slid. */
	public boolean isRange() {
		return this.kind.equals("number") && !this.minimum.isEmpty() && !this.maximum.isEmpty();
	}

}
