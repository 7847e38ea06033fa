package dev.heliostat.media;

import java.time.Duration;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How picture bytes are held and handed out.
 *
 * @param directory where finished pictures are kept; empty for {@code media} in the data
 * directory; the nodes of a cluster share it
 * @param retention how long finished pictures are kept and their URLs are good
 * @param spoolCap the most bytes that all requests together may have on disk; 0 for half
 * of what is free at the start
 * @param maxPictureBytes the largest picture that is taken from a provider
 * @param maxPixels the largest picture that is taken, in pixels
 * @param fetchTimeout how long fetching one picture from a provider may take; after a
 * quarter of it without a byte the download is begun anew
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.media", ignoreUnknownFields = false)
record MediaProperties(@DefaultValue("") String directory, @DefaultValue("60m") Duration retention,
		@DefaultValue("0B") DataSize spoolCap, @DefaultValue("64MB") DataSize maxPictureBytes,
		@DefaultValue("100000000") @Min(1) long maxPixels, @DefaultValue("120s") Duration fetchTimeout) {
}
