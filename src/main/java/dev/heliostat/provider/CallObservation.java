package dev.heliostat.provider;

import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.client.ClientHttpObservationDocumentation;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ExchangeStrategies;

/**
 * The span of a request, from its beginning to the head of its answer. It has the names
 * and the attributes of Spring's own client.
 */
final class CallObservation {

	private static final DefaultClientRequestObservationConvention NAMES = new DefaultClientRequestObservationConvention();

	/** Made here because making them reads files. */
	private static final ExchangeStrategies CODECS = ExchangeStrategies.withDefaults();

	private final ClientRequest.Builder carrier;

	private final About about;

	private final Observation observation;

	private final AtomicBoolean ended = new AtomicBoolean();

	/** Begins a span below another one. */
	CallObservation(Endpoint endpoint, Observation parent, ObservationRegistry registry) {
		this.carrier = ClientRequest.create(HttpMethod.valueOf(endpoint.method()), endpoint.url());
		this.about = new About(this.carrier);
		this.about.setUriTemplate(endpoint.template());
		this.observation = ClientHttpObservationDocumentation.HTTP_REACTIVE_CLIENT_EXCHANGES
			.observation(null, NAMES, () -> this.about, registry)
			.parentObservation(parent)
			.start();
	}

	private static final class About extends ClientRequestObservationContext {

		private volatile boolean aborted;

		About(ClientRequest.Builder carrier) {
			super(carrier);
		}

		@Override
		public boolean isAborted() {
			return this.aborted;
		}

	}

	/** Tells the provider of the trace. */
	void inject(HttpHeaders headers) {
		this.carrier.build().headers().forEach(headers::set);
	}

	void answered(int status) {
		if (this.ended.compareAndSet(false, true)) {
			this.about.setResponse(ClientResponse.create(HttpStatusCode.valueOf(status), CODECS).build());
			this.observation.stop();
		}
	}

	void failed(Throwable error) {
		if (this.ended.compareAndSet(false, true)) {
			this.observation.error(error);
			this.observation.stop();
		}
	}

	void cancelled() {
		if (this.ended.compareAndSet(false, true)) {
			this.about.aborted = true;
			this.observation.stop();
		}
	}

}
