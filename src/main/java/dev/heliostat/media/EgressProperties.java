package dev.heliostat.media;

import java.time.Duration;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where the gateway may fetch from when the address did not come from the operator.
 *
 * @param allow networks in CIDR form that may be reached beside public https; plain http
 * is permitted there
 * @param minRate the bytes a second that a picture must come with, on average; a slower
 * download is begun anew, twice at most
 * @param minRateAfter how long a picture may be slower at its beginning
 */
@ConfigurationProperties(prefix = "heliostat.egress", ignoreUnknownFields = false)
record EgressProperties(@DefaultValue List<String> allow, @DefaultValue("1KB") DataSize minRate,
		@DefaultValue("10s") Duration minRateAfter) {
}
