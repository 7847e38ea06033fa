package dev.heliostat.attempt;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When the circuit of an offering opens and closes.
 *
 * @param failureRate percentage of failed attempts in the window that opens the circuit
 * @param window how many of the latest attempts are looked at
 * @param minimumCalls how many attempts there must be before the circuit can open
 * @param openFor how long the circuit stays open before one attempt probes the offering
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.circuit", ignoreUnknownFields = false)
record AttemptProperties(@DefaultValue("50") @Min(1) @Max(100) int failureRate, @DefaultValue("20") @Min(1) int window,
		@DefaultValue("5") @Min(1) int minimumCalls, @DefaultValue("30s") Duration openFor) {
}
