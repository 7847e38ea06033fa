package dev.heliostat.console;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What one model made of a form of the playground.
 *
 * @param slug the model
 * @param name its name
 * @param run its generation; absent where there is none
 * @param problem why there is none
 * @param seed the seed that was sent
 * @param code the request as programs
 */
record RunCard(String slug, String name, @Nullable RunView run, String problem, String seed, List<CodeExample> code) {

	static RunCard failed(String slug, String name, String problem) {
		return new RunCard(slug, name, null, problem, "", List.of());
	}

	Optional<RunView> begun() {
		return Optional.ofNullable(this.run);
	}

}
