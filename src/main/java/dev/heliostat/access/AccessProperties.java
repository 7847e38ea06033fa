package dev.heliostat.access;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How keys are judged.
 *
 * @param allowWeakKeys whether short or well-known configured keys are accepted; for
 * experiments on one machine only
 * @param projects what all keys of a project may use, by the project's id
 * @param keys what one key may use, by its id, such as {@code key_bootstrap_live}
 */
@ConfigurationProperties(prefix = "heliostat.access", ignoreUnknownFields = false)
record AccessProperties(@DefaultValue("false") boolean allowWeakKeys, @DefaultValue Map<String, Scope> projects,
		@DefaultValue Map<String, Scope> keys) {

	/** A caller with the scopes that configuration gives. */
	Caller scoped(Caller caller) {
		if (this.projects.isEmpty() && this.keys.isEmpty()) {
			return caller;
		}
		List<Scope> scopes = Stream.of(this.projects.get(caller.project()), this.keys.get(caller.keyId()))
			.flatMap(scope -> Optional.ofNullable(scope).stream())
			.toList();
		return caller.within(scopes);
	}

}
