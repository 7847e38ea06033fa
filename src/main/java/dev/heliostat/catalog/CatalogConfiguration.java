package dev.heliostat.catalog;

import java.nio.file.Path;
import java.time.Clock;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires the catalog.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CatalogProperties.class)
class CatalogConfiguration {

	@Bean
	ReloadingCatalogs catalogs(@Value("${heliostat.config-dir:config}") Path configDirectory,
			CatalogProperties properties, MeterRegistry registry) {
		return new ReloadingCatalogs(new CatalogSources(configDirectory.resolve("catalog")), Clock.systemUTC(),
				properties.poll(), registry);
	}

}
