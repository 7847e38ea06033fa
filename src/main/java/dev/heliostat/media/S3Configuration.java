package dev.heliostat.media;

import java.net.URI;
import java.time.Duration;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration.Builder;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Wires the bucket that keeps pictures, where one is configured.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("heliostat.media.s3.bucket")
@EnableConfigurationProperties(S3Properties.class)
class S3Configuration {

	@Bean
	AwsCredentialsProvider mediaCredentials(S3Properties properties) {
		return properties.accessKey().isEmpty() ? DefaultCredentialsProvider.builder().build()
				: StaticCredentialsProvider
					.create(AwsBasicCredentials.create(properties.accessKey(), properties.secretKey()));
	}

	@Bean(destroyMethod = "close")
	S3AsyncClient mediaBucket(S3Properties properties, AwsCredentialsProvider mediaCredentials) {
		S3AsyncClientBuilder builder = S3AsyncClient.builder()
			.region(Region.of(properties.region()))
			.credentialsProvider(mediaCredentials)
			.forcePathStyle(properties.pathStyle())
			// Servers other than Amazon's need not know the newer checksums.
			.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
			.responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
			.httpClientBuilder(NettyNioAsyncHttpClient.builder()
				.maxConcurrency(200)
				.maxPendingConnectionAcquires(20_000)
				.connectionAcquisitionTimeout(Duration.ofMinutes(1))
				.connectionTimeout(Duration.ofSeconds(5)));
		if (!properties.endpoint().isEmpty()) {
			builder.endpointOverride(URI.create(properties.endpoint()));
		}
		return builder.build();
	}

	@Bean(destroyMethod = "close")
	S3Presigner mediaPresigner(S3Properties properties, AwsCredentialsProvider mediaCredentials) {
		Builder settings = software.amazon.awssdk.services.s3.S3Configuration.builder()
			.pathStyleAccessEnabled(properties.pathStyle());
		S3Presigner.Builder builder = S3Presigner.builder()
			.region(Region.of(properties.region()))
			.credentialsProvider(mediaCredentials)
			.serviceConfiguration(settings.build());
		if (!properties.endpoint().isEmpty()) {
			builder.endpointOverride(URI.create(properties.endpoint()));
		}
		return builder.build();
	}

	@Bean
	Blobs bucketBlobs(S3AsyncClient mediaBucket, S3Presigner mediaPresigner, S3Properties properties,
			Scheduler diskScheduler) {
		return new S3Blobs(mediaBucket, mediaPresigner, properties, diskScheduler);
	}

}
