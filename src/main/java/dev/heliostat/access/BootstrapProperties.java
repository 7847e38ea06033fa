package dev.heliostat.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys that configuration gives, beside those in the store.
 *
 * @param adminKey opens the admin API
 * @param liveKey spends money
 * @param testKey is served by the sandbox
 */
@ConfigurationProperties(prefix = "heliostat.bootstrap", ignoreUnknownFields = false)
record BootstrapProperties(@DefaultValue("") String adminKey, @DefaultValue("") String liveKey,
		@DefaultValue("") String testKey) {

	/** The key of a kind; empty when it is not configured. */
	String key(Caller.Kind kind) {
		return switch (kind) {
			case ADMIN -> this.adminKey;
			case LIVE -> this.liveKey;
			case TEST -> this.testKey;
		};
	}

	boolean isEmpty() {
		return this.adminKey.isEmpty() && this.liveKey.isEmpty() && this.testKey.isEmpty();
	}

	/** Shows no key. */
	@Override
	public String toString() {
		return "BootstrapProperties[***]";
	}

}
