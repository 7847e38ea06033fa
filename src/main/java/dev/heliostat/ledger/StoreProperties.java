package dev.heliostat.ledger;

import java.time.Duration;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where keys, generations and money are kept.
 *
 * @param url a PostgreSQL JDBC URL; empty for the embedded SQLite file in the data
 * directory
 * @param username user of the PostgreSQL database
 * @param password password of that user
 * @param poolSize connections kept to the database
 * @param writeTimeout how long a write may wait for a store that does not answer before
 * the request fails
 * @param queue how many writes may wait at once before new requests are turned away
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.store", ignoreUnknownFields = false)
record StoreProperties(
		@DefaultValue("") @Pattern(regexp = "|jdbc:postgresql://.+",
				message = "must be empty or begin with jdbc:postgresql://") String url,
		@DefaultValue("") String username, @DefaultValue("") String password, @DefaultValue("5") @Min(2) int poolSize,
		@DefaultValue("10s") Duration writeTimeout, @DefaultValue("20000") @Min(1) int queue) {

	boolean isEmbedded() {
		return this.url.isEmpty();
	}

	/** Shows no password. */
	@Override
	public String toString() {
		return "StoreProperties[" + (isEmbedded() ? "SQLite" : "PostgreSQL") + "]";
	}

}
