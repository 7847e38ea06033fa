package dev.heliostat.ledger;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long generations and usage are kept, and what happens when they cannot be written.
 *
 * @param store where generations are written: durable (the store), or memory, which
 * forgets them with the process and is for tests and benchmarks only
 * @param retention how long generations are kept after they began
 * @param usageRetention how long usage by hours and days is kept
 * @param failOpen whether requests go on while the store cannot be written; what the
 * process then knows is lost if it ends before the store is back
 * @param failOpenQueue how many generations are held in memory meanwhile
 * @param invoiceLines how many lines of an invoice are compared at once
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.ledger", ignoreUnknownFields = false)
record LedgerProperties(@DefaultValue("durable") Store store, @DefaultValue("400d") Duration retention,
		@DefaultValue("1825d") Duration usageRetention, @DefaultValue("false") boolean failOpen,
		@DefaultValue("10000") @Min(1) int failOpenQueue,
		@DefaultValue("200000") @Min(1) @Max(2_000_000) int invoiceLines) {

	/** Where generations are written. */
	enum Store {

		DURABLE, MEMORY

	}

}
