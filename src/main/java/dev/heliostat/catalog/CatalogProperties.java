package dev.heliostat.catalog;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the catalog is kept up to date.
 *
 * @param poll how often the files of the operator are looked at; 0s for never
 */
@ConfigurationProperties(prefix = "heliostat.catalog", ignoreUnknownFields = false)
record CatalogProperties(@DefaultValue("2s") Duration poll) {
}
