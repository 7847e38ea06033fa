package dev.heliostat.access;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import jakarta.validation.Valid;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * How fast callers may ask for pictures.
 *
 * @param patience how long a request that is beyond a limit may wait for its turn before
 * it is refused; callers take turns
 * @param eachKey limits of every key that has none of its own
 * @param eachProject limits of every project that has none of its own
 * @param keys limits of one key, by its id
 * @param projects limits of all keys of a project together, by the project's id
 */
record LimitProperties(@Name("wait") @DefaultValue("0s") Duration patience,
		@NestedConfigurationProperty @DefaultValue @Valid Rates eachKey,
		@NestedConfigurationProperty @DefaultValue @Valid Rates eachProject,
		@DefaultValue Map<String, @Valid Rates> keys,
		@DefaultValue Map<String, @Valid Rates> projects) implements LimitRules {

	/** Whether nobody is limited. */
	@Override
	public boolean isEmpty() {
		return this.keys.isEmpty() && this.projects.isEmpty() && this.eachKey.equals(Rates.ANY)
				&& this.eachProject.equals(Rates.ANY);
	}

	@Override
	public Rates ofKey(String id) {
		return Optional.ofNullable(this.keys.get(id)).orElse(this.eachKey);
	}

	@Override
	public Rates ofProject(String id) {
		return Optional.ofNullable(this.projects.get(id)).orElse(this.eachProject);
	}

}
