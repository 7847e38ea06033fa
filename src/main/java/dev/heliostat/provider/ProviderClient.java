package dev.heliostat.provider;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.util.context.ContextView;

import dev.heliostat.image.ProviderException;
import dev.heliostat.telemetry.TraceHeaders;

/**
 * Sends requests to a provider, with its credential. Everything that does not depend on a
 * request is made once, in an {@link Endpoint}.
 */
public final class ProviderClient {

	private final HttpClient client;

	private final String baseUrl;

	private final Optional<Credentials> credentials;

	private final @Nullable Signature signature;

	private final ObservationRegistry observations;

	ProviderClient(HttpClient client, URI baseUrl, Optional<Credentials> credentials,
			ObservationRegistry observations) {
		this.client = client;
		this.baseUrl = baseUrl.toString();
		this.credentials = credentials;
		this.signature = credentials.map(Credentials::signature).orElse(null);
		this.observations = observations;
	}

	/**
	 * An endpoint below the base URL, or with a whole URL.
	 * @param template how the provider's file has it
	 * @param target the same with its names filled in; slashes in it are part of the path
	 */
	Endpoint endpoint(String method, String template, String target, Map<String, String> headers) {
		URI url = URI.create(isWhole(target) ? target : below(target));
		HttpClient.RequestSender sender = this.client.headers(fixed -> {
			fixed.set(HttpHeaderNames.USER_AGENT, "heliostat");
			fixed.set(HttpHeaderNames.HOST, host(url));
			this.credentials.filter(known -> known.signature() == null)
				.ifPresent(known -> fixed.set(known.header(), known.value()));
			headers.forEach(fixed::set);
		}).request(HttpMethod.valueOf(method)).uri(url);
		return new Endpoint(method, template, url, sender);
	}

	private static String host(URI url) {
		boolean usual = url.getPort() < 0 || url.getPort() == 80 || url.getPort() == 443;
		return usual ? url.getHost() : url.getHost() + ":" + url.getPort();
	}

	static boolean isWhole(String target) {
		return target.startsWith("http://") || target.startsWith("https://");
	}

	/** A base URL may have a query of its own, such as the version of an API. */
	private String below(String target) {
		int query = this.baseUrl.indexOf('?');
		return (query < 0) ? this.baseUrl + target : this.baseUrl.substring(0, query) + target
				+ ((target.indexOf('?') < 0) ? '?' : '&') + this.baseUrl.substring(query + 1);
	}

	/**
	 * Sends a request and reads its answer. Fails with {@link NoAnswerException} where
	 * there is none.
	 */
	<T> Mono<T> exchange(Endpoint endpoint, UpstreamBody body, Function<UpstreamResponse, Mono<T>> reader) {
		return Mono.deferContextual(context -> {
			@Nullable Observation parent = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
			if (parent == null || parent.isNoop() || this.observations.isNoop()) {
				return signed(new Exchange<>(endpoint, body, reader, trace(context), null));
			}
			CallObservation observation = new CallObservation(endpoint, parent, this.observations);
			return signed(new Exchange<>(endpoint, body, reader, null, observation)).doOnError(observation::failed)
				.doOnCancel(observation::cancelled);
		});
	}

	private static @Nullable TraceHeaders trace(ContextView context) {
		return TraceHeaders.of(context).orElse(null);
	}

	private <T> Mono<T> signed(Exchange<T> exchange) {
		return (this.signature != null) ? this.signature.sign(exchange.endpoint, exchange.body).flatMap(exchange::sent)
				: exchange.sent(null);
	}

	/** One request and its answer. */
	private static final class Exchange<T> {

		private final Endpoint endpoint;

		private final UpstreamBody body;

		private final Function<UpstreamResponse, Mono<T>> reader;

		private final @Nullable TraceHeaders trace;

		private final @Nullable CallObservation observation;

		private volatile boolean answered;

		Exchange(Endpoint endpoint, UpstreamBody body, Function<UpstreamResponse, Mono<T>> reader,
				@Nullable TraceHeaders trace, @Nullable CallObservation observation) {
			this.endpoint = endpoint;
			this.body = body;
			this.reader = reader;
			this.trace = trace;
			this.observation = observation;
		}

		Mono<T> sent(@Nullable HttpHeaders signature) {
			return this.endpoint.sender().send((request, out) -> {
				HttpHeaders headers = request.requestHeaders();
				if (signature != null) {
					headers.setAll(signature);
				}
				if (this.observation != null) {
					this.observation.inject(headers);
				}
				else if (this.trace != null) {
					headers.set("traceparent", this.trace.traceparent());
					this.trace.tracestate().ifPresent(state -> headers.set("tracestate", state));
				}
				return this.body.send(request, out);
			})
				.response((answer, pieces) -> read(new UpstreamResponse(answer, pieces)))
				.singleOrEmpty()
				.onErrorMap(this::explained);
		}

		/** Reactor Netty closes what was not read, if only nothing is thrown. */
		private Mono<T> read(UpstreamResponse response) {
			this.answered = true;
			if (this.observation != null) {
				this.observation.answered(response.status());
			}
			try {
				return this.reader.apply(response);
			}
			catch (RuntimeException ex) {
				return Mono.error(ex);
			}
		}

		private Throwable explained(Throwable error) {
			return (this.answered || error instanceof ProviderException) ? error : new NoAnswerException(error);
		}

	}

}
