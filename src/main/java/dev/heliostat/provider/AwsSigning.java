package dev.heliostat.provider;

import java.util.Optional;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Flux;
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
final class AwsSigning implements ExchangeFilterFunction {

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
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.fromCallable(() -> signed(request)).subscribeOn(this.waiting).flatMap(next::exchange);
	}

	private ClientRequest signed(ClientRequest request) {
		SdkHttpRequest.Builder unsigned = SdkHttpRequest.builder()
			.method(SdkHttpMethod.fromValue(request.method().name()))
			.uri(request.url());
		Optional<Flux<DataBuffer>> body = Upstream.bodyOf(request.attributes());
		SignedRequest signed = this.signer.sign(sign -> {
			sign.identity(this.identity)
				.request(unsigned.build())
				.putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
				.putProperty(AwsV4HttpSigner.REGION_NAME, this.region);
			body.ifPresent(bytes -> sign.payload(ContentStreamProvider
				.fromInputStreamSupplier(() -> DataBufferUtils.subscriberInputStream(bytes, 8))));
		});
		ClientRequest.Builder sent = ClientRequest.from(request);
		signed.request().headers().forEach((name, values) -> sent.headers(headers -> headers.put(name, values)));
		sent.headers(headers -> headers.remove("Host"));
		return sent.build();
	}

}
