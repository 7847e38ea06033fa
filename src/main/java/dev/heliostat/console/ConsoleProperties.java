package dev.heliostat.console;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How web pages are served.
 *
 * @param enabled whether there are web pages at all
 * @param publicCatalog whether the pages of models can be read without signing in
 * @param session how long a browser stays signed in after its last page
 */
@ConfigurationProperties(prefix = "heliostat.console", ignoreUnknownFields = false)
record ConsoleProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean publicCatalog,
		@DefaultValue("12h") Duration session) {
}
