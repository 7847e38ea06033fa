package dev.heliostat.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How keys are judged.
 *
 * @param allowWeakKeys whether short or well-known configured keys are accepted; for
 * experiments on one machine only
 */
@ConfigurationProperties(prefix = "heliostat.access", ignoreUnknownFields = false)
record AccessProperties(@DefaultValue("false") boolean allowWeakKeys) {
}
