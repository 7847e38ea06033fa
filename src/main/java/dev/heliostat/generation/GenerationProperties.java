package dev.heliostat.generation;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long generations may take.
 *
 * @param deadline when a client that waits is told that its job runs on; below the 300 s
 * after which Node's fetch gives up
 * @param shutdownPatience how long a stopping process waits for generations under way
 */
@ConfigurationProperties(prefix = "heliostat.generation", ignoreUnknownFields = false)
record GenerationProperties(@DefaultValue("280s") Duration deadline, @DefaultValue("300s") Duration shutdownPatience) {
}
