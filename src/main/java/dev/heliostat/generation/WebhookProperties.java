package dev.heliostat.generation;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How clients are told of the ends of their generations at their {@code webhook_url}.
 *
 * @param tries how often a message is sent at most
 * @param pause how long to wait after the first failure; after each further one five
 * times as long, at most 12 hours, and a little more or less by chance
 * @param timeout how long a receiver may take to answer
 * @param secretOverlap how long messages are also signed with the secret before the one
 * in force
 * @param retention how long it is kept what was sent and what came of it
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.webhooks", ignoreUnknownFields = false)
record WebhookProperties(@DefaultValue("8") @Min(1) @Max(20) int tries, @DefaultValue("5s") Duration pause,
		@DefaultValue("15s") Duration timeout, @DefaultValue("24h") Duration secretOverlap,
		@DefaultValue("30d") Duration retention) {
}
