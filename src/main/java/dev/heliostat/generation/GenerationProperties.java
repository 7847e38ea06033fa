package dev.heliostat.generation;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long generations may take.
 *
 * @param deadline when a client that waits is told that its job runs on; below the 300 s
 * after which Node's fetch gives up
 * @param idempotencyRetention how long an {@code Idempotency-Key} stands for its first
 * request
 * @param retryWindow how long a repeated request without a key finds the first one
 * @param lease how long a node of a cluster may be silent before another one takes over
 * what it worked on
 * @param shutdownPatience how long a stopping process waits for generations under way
 */
@ConfigurationProperties(prefix = "heliostat.generation", ignoreUnknownFields = false)
record GenerationProperties(@DefaultValue("280s") Duration deadline, @DefaultValue("24h") Duration idempotencyRetention,
		@DefaultValue("15m") Duration retryWindow, @DefaultValue("10s") Duration lease,
		@DefaultValue("300s") Duration shutdownPatience) {
}
