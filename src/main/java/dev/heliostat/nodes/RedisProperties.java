package dev.heliostat.nodes;

import java.time.Duration;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * A Redis or Valkey through which nodes count limits together and wake each other.
 *
 * @param url where it is, redis:// or rediss:// (with TLS), best with the password as a
 * reference: <code>redis://:${REDIS_PASSWORD}@redis:6379</code>; empty for none
 * @param username its user, where the URL does not say it
 * @param password the password, where the URL does not say it
 * @param timeout how long an answer may take before this node goes on with its own share
 * of the limits
 * @param prefix how the names of all keys and channels begin
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.redis", ignoreUnknownFields = false)
record RedisProperties(@DefaultValue("") String url, @DefaultValue("") String username,
		@DefaultValue("") String password, @DefaultValue("250ms") Duration timeout,
		@DefaultValue("heliostat") @NotBlank String prefix) {

	/** Shows no password. */
	@Override
	public String toString() {
		return "RedisProperties[" + this.prefix + "]";
	}

}
