package dev.heliostat.api;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What one client may ask of the gateway, beside the size of a body.
 *
 * @param gzipRatio how many times larger than it came a compressed body may become
 * @param parts the most parts of a form
 * @param partHeader the most bytes of the headers of one part
 * @param boundaryLength the most characters of the boundary between parts
 * @param nameLength the most characters of the name of a member or a part
 * @param jsonDepth how deep objects and lists may lie in each other
 * @param textLength the most characters of one text, pictures aside
 * @param numberLength the most digits of a number
 * @param requestHeader the most bytes of all headers of a request
 * @param requestLine the most bytes of a request's first line
 * @param minRate the bytes a second that a body must come with, on average
 * @param minRateAfter how long a body may be slower at its beginning
 * @param readIdle how long a client may send nothing in the middle of a request
 * @param writeIdle how long a client may take nothing of an answer that waits for it
 * @param connectionsPerAddress the most connections of one address, a proxy's included; 0
 * for any
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.limits", ignoreUnknownFields = false)
record LimitsProperties(@DefaultValue("100") @Min(1) int gzipRatio, @DefaultValue("100") @Min(1) int parts,
		@DefaultValue("4KB") DataSize partHeader, @DefaultValue("70") @Min(1) @Max(1000) int boundaryLength,
		@DefaultValue("200") @Min(20) int nameLength, @DefaultValue("64") @Min(4) int jsonDepth,
		@DefaultValue("262144") @Min(1) int textLength, @DefaultValue("100") @Min(20) int numberLength,
		@DefaultValue("16KB") DataSize requestHeader, @DefaultValue("8KB") DataSize requestLine,
		@DefaultValue("1KB") DataSize minRate, @DefaultValue("10s") Duration minRateAfter,
		@DefaultValue("30s") Duration readIdle, @DefaultValue("60s") Duration writeIdle,
		@DefaultValue("20000") @Min(0) int connectionsPerAddress) {
}
