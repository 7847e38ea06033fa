package dev.heliostat.api;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the client API is served.
 *
 * @param corsOrigins origins whose pages may call the API from a browser; none for no
 * browser at all
 * @param maxBody the largest JSON body without pictures
 * @param maxUpload the largest body with pictures
 */
@ConfigurationProperties(prefix = "heliostat.api", ignoreUnknownFields = false)
record ApiProperties(@DefaultValue List<String> corsOrigins, @DefaultValue("1MB") DataSize maxBody,
		@DefaultValue("256MB") DataSize maxUpload) {
}
