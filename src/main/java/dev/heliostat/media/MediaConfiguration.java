package dev.heliostat.media;

import java.nio.file.Path;
import java.time.Clock;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.access.SecretKey;
import dev.heliostat.access.StoredSettings;
import dev.heliostat.ledger.DataDirectory;
import dev.heliostat.ledger.MediaIndex;
import dev.heliostat.telemetry.GatewayMeters;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Wires the spool, the media store and the egress guard.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ MediaProperties.class, EgressProperties.class })
class MediaConfiguration {

	/** Platform threads: a file operation would pin the carrier of a virtual one. */
	@Bean(destroyMethod = "dispose")
	Scheduler diskScheduler() {
		return Schedulers.newBoundedElastic(8, 100_000, "heliostat-disk", 60, true);
	}

	@Bean
	DiskSpool spool(DataDirectory directory, MediaProperties properties, SecretKey secret, Scheduler diskScheduler) {
		return new DiskSpool(new SpoolSpace(directory.directory("spool"), properties.spoolCap().toBytes(),
				Runtime.getRuntime().maxMemory() / 16, secret.cipherKey("spool")), diskScheduler);
	}

	@Bean
	EgressGuard egressGuard(WebClient.Builder builder, EgressProperties egress, MediaProperties properties) {
		// There is to be time for another try.
		return new EgressGuard(builder, egress, properties.fetchTimeout().dividedBy(4));
	}

	@Bean
	PictureReader pictureReader(DiskSpool spool, EgressGuard guard, MediaProperties properties, EgressProperties egress,
			GatewayMeters meters) {
		return new SpoolingPictureReader(spool, guard, properties, egress, meters);
	}

	/** Pixels take processors, so more threads than those would only take memory. */
	@Bean(destroyMethod = "dispose")
	Scheduler maskScheduler() {
		return Schedulers.newBoundedElastic(Runtime.getRuntime().availableProcessors(), 1000, "heliostat-mask", 60,
				true);
	}

	@Bean
	Masks masks(Spool spool, Scheduler maskScheduler) {
		return new Masks(spool, maskScheduler);
	}

	@Bean(destroyMethod = "close")
	TranscodingPool transcodingPool(MediaProperties properties) {
		MediaProperties.Transcoding transcoding = properties.transcoding();
		return new TranscodingPool(transcoding.effectiveThreads(), transcoding.queue(), transcoding.effectiveMemory());
	}

	@Bean
	Transcoder transcoder(TranscodingPool transcodingPool, DiskSpool spool, DataDirectory directory,
			MediaProperties properties) {
		MediaProperties.Transcoding transcoding = properties.transcoding();
		Vips vips = new Vips(transcoding.vips(), directory.directory("spool"), transcoding.vipsTimeout());
		return new Transcoder(transcodingPool, new Conversions(spool, vips, transcoding.aiMark()), vips,
				transcoding.maxPixels(), transcoding.aiMark() == MediaProperties.AiMark.ADD);
	}

	@Bean
	SealedUploads sealedUploads(MediaStore store, SecretKey secret) {
		return new SealedUploads(store, secret);
	}

	/** Used where nothing else is configured. */
	@Bean
	@Fallback
	Blobs fileBlobs(DataDirectory directory, MediaProperties properties, Scheduler diskScheduler) {
		return new FileBlobs(
				properties.directory().isEmpty() ? directory.directory("media") : Path.of(properties.directory()),
				diskScheduler);
	}

	@Bean
	MediaStore mediaStore(Blobs blobs, MediaIndex index, MediaProperties properties, SecretKey secret,
			PublicUrl publicUrl, StoredSettings settings) {
		return new IndexedMediaStore(blobs, index, new MediaUrls(secret, publicUrl),
				project -> properties.retention(project, settings.retention(project).media()), Clock.systemUTC());
	}

	@Bean(initMethod = "start", destroyMethod = "stop")
	MediaPurge mediaPurge(Blobs blobs, MediaIndex index, MediaProperties properties) {
		return new MediaPurge(blobs, index, properties.purgeEvery(), Clock.systemUTC());
	}

}
