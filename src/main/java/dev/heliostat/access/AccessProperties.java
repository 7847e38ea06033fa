package dev.heliostat.access;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import jakarta.validation.Valid;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How keys are judged.
 *
 * @param allowWeakKeys whether short or well-known configured keys are accepted; for
 * experiments on one machine only
 * @param projects what all keys of a project may use, by the project's id
 * @param keys what one key may use, by its id, such as {@code key_bootstrap_live}
 * @param budgets what keys, projects and end users may spend
 * @param limits how fast callers may ask for pictures
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.access", ignoreUnknownFields = false)
record AccessProperties(@DefaultValue("false") boolean allowWeakKeys, @DefaultValue Map<String, Scope> projects,
		@DefaultValue Map<String, Scope> keys, @DefaultValue List<ConfiguredBudget> budgets,
		@NestedConfigurationProperty @DefaultValue @Valid LimitProperties limits) {

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
