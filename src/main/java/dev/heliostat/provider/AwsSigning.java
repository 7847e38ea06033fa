package dev.heliostat.provider;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Signs requests with AWS Signature Version 4. The body is read once for its hash and
 * once more when it is sent.
 */
final class AwsSigning implements Signature {

	private static final String SERVICE = "bedrock";

	private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

	private final AwsCredentialsIdentity identity;

	private final String region;

	private final Scheduler waiting;

	/**
	 * Makes a signer.
	 * @param credential {@code access-key-id:secret-access-key[:session-token]}
	 */
	AwsSigning(String credential, String region, Scheduler waiting) {
		String[] parts = credential.split(":", 3);
		this.identity = (parts.length == 3) ? AwsSessionCredentialsIdentity.create(parts[0], parts[1], parts[2])
				: AwsCredentialsIdentity.create(parts[0], parts[1]);
		this.region = region;
		this.waiting = waiting;
	}

	/** Whether a credential is an access key and its secret, not a bearer key. */
	static boolean isKeyPair(String credential) {
		return credential.matches("A[A-Z0-9]{15,127}:.+");
	}

	@Override
	public Mono<HttpHeaders> sign(Endpoint endpoint, UpstreamBody body) {
		return Mono.fromCallable(() -> headers(endpoint, body)).subscribeOn(this.waiting);
	}

	private HttpHeaders headers(Endpoint endpoint, UpstreamBody body) {
		SdkHttpRequest.Builder unsigned = SdkHttpRequest.builder()
			.method(SdkHttpMethod.fromValue(endpoint.method()))
			.uri(endpoint.url());
		SignedRequest signed = this.signer.sign(sign -> {
			sign.identity(this.identity)
				.request(unsigned.build())
				.putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
				.putProperty(AwsV4HttpSigner.REGION_NAME, this.region);
			body.signed()
				.ifPresent(bytes -> sign.payload(ContentStreamProvider
					.fromInputStreamSupplier(() -> DataBufferUtils.subscriberInputStream(bytes, 8))));
		});
		HttpHeaders headers = new DefaultHttpHeaders();
		signed.request().headers().forEach(headers::set);
		headers.remove(HttpHeaderNames.HOST);
		return headers;
	}

}
