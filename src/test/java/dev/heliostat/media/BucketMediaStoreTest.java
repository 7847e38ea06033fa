package dev.heliostat.media;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.heliostat.image.ImageType;
import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Bytes;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.PostgresServer;
import dev.heliostat.testing.Requests;
import dev.heliostat.testing.S3Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The media store with a bucket, and its index on PostgreSQL.
 */
class BucketMediaStoreTest extends MediaStoreContract {

	private final S3Server bucket = S3Server.start();

	private final List<String> database = PostgresServer.freshDatabase();

	@Override
	List<String> arguments() {
		List<String> arguments = new ArrayList<>(this.database);
		arguments.addAll(this.bucket.arguments());
		return arguments;
	}

	@AfterAll
	void stopBucket() {
		this.bucket.close();
	}

	@Test
	void theBucketHandsItsPicturesOutItself() {
		List<String> arguments = new ArrayList<>(PostgresServer.freshDatabase());
		arguments.addAll(this.bucket.arguments());
		try (Gateway node = node(arguments, "--heliostat.media.s3.presign=true", "--heliostat.media.s3.prefix=own/")) {
			String body = Requests.of(Requests.MODEL, "presigned", "\"response_format\": \"url\"", "\"seed\": 7");
			String url = node.generate(Gateway.TEST_KEY, body).json().at("/data/0/url").asString();
			assertThat(url).startsWith(this.bucket.endpoint() + "/" + S3Server.BUCKET + "/own/")
				.contains("X-Amz-Signature=");
			Answer picture = node.get(url, "");
			assertThat(picture.status()).as(picture.text()).isEqualTo(200);
			assertThat(picture.header("content-type")).isEqualTo("image/png");
			assertThat(node.get(url.replaceFirst("X-Amz-Signature=....", "X-Amz-Signature=0000"), "").status())
				.isEqualTo(403);
			// The same picture again: what was handed out stays good.
			Answer again = node.generate(Gateway.TEST_KEY, body);
			String same = again.json().at("/data/0/url").asString();
			later(node, Duration.ofMinutes(10)).purge().block();
			assertThat(node.get(url, "").status()).isEqualTo(200);
			assertThat(node.get(same, "").response().body()).isEqualTo(picture.response().body());
			String id = again.json().at("/metadata/id").asString();
			assertThat(node.get("/v1/generations/" + id, Gateway.TEST_KEY).json().at("/result/data/0/url").asString())
				.contains("X-Amz-Signature=");
			// Pages show them from there, and from nowhere else.
			Answer page = Browser.signedIn(node, Gateway.TEST_KEY).get("/generations/" + id);
			assertThat(page.text()).contains("<img src=\"" + this.bucket.endpoint() + "/" + S3Server.BUCKET);
			assertThat(page.header("content-security-policy"))
				.contains("img-src 'self' data: blob: " + this.bucket.endpoint() + ";");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, S3Blobs.PART + 1 })
	void theBucketIsAskedToEncrypt(int length) {
		List<Map<String, List<String>>> sent = new CopyOnWriteArrayList<>();
		ExecutionInterceptor looking = new ExecutionInterceptor() {

			@Override
			public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
				sent.add(context.httpRequest().headers());
			}

		};
		try (S3AsyncClient client = S3AsyncClient.builder()
			.region(Region.US_EAST_1)
			.endpointOverride(URI.create("http://127.0.0.1:1"))
			.credentialsProvider(AnonymousCredentialsProvider.create())
			.overrideConfiguration(
					calls -> calls.addExecutionInterceptor(looking).retryStrategy(retries -> retries.maxAttempts(1)))
			.build();
				S3Presigner presigner = S3Presigner.builder()
					.region(Region.US_EAST_1)
					.credentialsProvider(AnonymousCredentialsProvider.create())
					.build()) {
			S3Blobs blobs = new S3Blobs(client, presigner, new S3Properties("bucket", "", "us-east-1", "", "", true,
					"media/", "aws:kms", "key-of-the-tests", false), Schedulers.boundedElastic());
			assertThatException()
				.isThrownBy(() -> blobs.put("name.png", Bytes.of(length), ImageType.PNG).block(Duration.ofMinutes(1)));
		}
		assertThat(sent).singleElement()
			.satisfies(headers -> assertThat(headers).containsEntry("x-amz-server-side-encryption", List.of("aws:kms"))
				.containsEntry("x-amz-server-side-encryption-aws-kms-key-id", List.of("key-of-the-tests")));
	}

}
