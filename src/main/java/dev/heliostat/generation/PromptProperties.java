package dev.heliostat.generation;

import java.time.Duration;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether prompts are kept, which they usually are not.
 *
 * @param keep how long the prompts of a project are kept, encrypted, for the owners of
 * its generations, by the project's id
 * @param purgeEvery how often those whose time is over are deleted
 */
@ConfigurationProperties(prefix = "heliostat.prompts", ignoreUnknownFields = false)
record PromptProperties(@DefaultValue Map<String, Duration> keep, @DefaultValue("60s") Duration purgeEvery) {
}
