package dev.heliostat.media;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import jakarta.validation.Valid;
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
 * @param transcoding how pictures are converted
 * @param passthroughUrls whether clients that want URLs get the provider's own where
 * nothing has to be converted; such pictures are neither fetched nor kept
 * @param projects what is different for single projects, by their ids
 * @param purgeEvery how often what is not kept any more is deleted
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.media")
record MediaProperties(@DefaultValue("") String directory, @DefaultValue("60m") Duration retention,
		@DefaultValue("0B") DataSize spoolCap, @DefaultValue("64MB") DataSize maxPictureBytes,
		@DefaultValue("100000000") @Min(1) long maxPixels, @DefaultValue("120s") Duration fetchTimeout,
		@DefaultValue @Valid Transcoding transcoding, @DefaultValue("false") boolean passthroughUrls,
		@DefaultValue Map<String, Project> projects, @DefaultValue("60s") Duration purgeEvery) {

	/**
	 * How long a project's pictures are kept.
	 * @param wanted as its operators say; what is configured for it comes first
	 */
	Duration retention(String project, Optional<Duration> wanted) {
		Project own = this.projects.get(project);
		return (own != null) ? own.retention() : wanted.orElse(this.retention);
	}

	/**
	 * What is different for a project.
	 *
	 * @param retention how long its pictures are kept and their URLs are good
	 */
	record Project(Duration retention) {
	}

	/**
	 * How pictures are brought into the format and size that were asked for.
	 *
	 * @param threads how many pictures are converted at once; 0 for one for each
	 * processor
	 * @param queue how many pictures may wait for that before requests that need it are
	 * turned away
	 * @param memory how much of the heap decoded pictures may fill; 0 for half of it
	 * @param maxPixels the largest picture that is decoded, in pixels; fewer where memory
	 * is small
	 * @param vips the program of libvips, which makes AVIF: a path, or a name on the PATH
	 * @param vipsTimeout how long that program may take for one picture
	 * @param aiMark whether IPTC's mark of pictures that a model made is kept in
	 * converted pictures, added to all pictures, or in none that were converted
	 */
	record Transcoding(@DefaultValue("0") @Min(0) int threads, @DefaultValue("200") @Min(1) int queue,
			@DefaultValue("0B") DataSize memory, @DefaultValue("100000000") @Min(1) long maxPixels,
			@DefaultValue("vips") String vips, @DefaultValue("60s") Duration vipsTimeout,
			@DefaultValue("keep") AiMark aiMark) {

		int effectiveThreads() {
			return (this.threads > 0) ? this.threads : Runtime.getRuntime().availableProcessors();
		}

		long effectiveMemory() {
			return (this.memory.toBytes() > 0) ? this.memory.toBytes() : Runtime.getRuntime().maxMemory() / 2;
		}

	}

	/** What becomes of IPTC's mark of pictures that a model made. */
	enum AiMark {

		/** No converted picture has it. */
		NONE,
		/** A converted picture has it where the provider's had it, or was signed. */
		KEEP,
		/** Every picture gets it. */
		ADD

	}

}
