package dev.heliostat.media;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the gateway may fetch from when the address did not come from the operator.
 *
 * @param allow networks in CIDR form that may be reached beside public https; plain http
 * is permitted there
 */
@ConfigurationProperties(prefix = "heliostat.egress", ignoreUnknownFields = false)
record EgressProperties(@DefaultValue List<String> allow) {
}
