package dev.heliostat.media;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;

import dev.heliostat.media.PictureReader.Picture;
import io.netty.handler.timeout.ReadTimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Fetches pictures that providers name by URL: each step of a redirect passes the guard,
 * and a download that breaks is begun anew.
 */
final class PictureDownload {

	private static final int REDIRECTS = 3;

	private static final int RETRIES = 2;

	private final EgressGuard guard;

	private final PictureReader reader;

	private final Duration timeout;

	private final EgressProperties egress;

	PictureDownload(EgressGuard guard, PictureReader reader, Duration timeout, EgressProperties egress) {
		this.egress = egress;
		this.guard = guard;
		this.reader = reader;
		this.timeout = timeout;
	}

	Mono<Picture> fetch(URI url, Set<String> hosts) {
		return Mono.defer(() -> get(url, hosts, REDIRECTS))
			.retryWhen(Retry.backoff(RETRIES, Duration.ofMillis(100))
				.filter(PictureDownload::isBroken)
				.onRetryExhaustedThrow((spec, signal) -> signal.failure()))
			.timeout(this.timeout)
			.onErrorMap(TimeoutException.class,
					late -> new NoPictureException(
							"fetching the picture took longer than " + this.timeout.toSeconds() + " s"))
			.onErrorMap(error -> !(error instanceof NoPictureException) && isBroken(error),
					error -> new NoPictureException("the connection to the picture's URL broke"));
	}

	private Mono<Picture> get(URI url, Set<String> hosts, int redirects) {
		return this.guard.clientFor(url, hosts)
			.get()
			.uri(url)
			.exchangeToMono(response -> answer(url, hosts, redirects, response))
			.onErrorMap(EgressGuard::explain);
	}

	private Mono<Picture> answer(URI url, Set<String> hosts, int redirects, ClientResponse response) {
		if (response.statusCode().is2xxSuccessful()) {
			return this.reader.read(paced(response.bodyToFlux(DataBuffer.class)));
		}
		URI location = response.headers().asHttpHeaders().getLocation();
		if (response.statusCode().is3xxRedirection() && location != null && redirects > 0) {
			return response.releaseBody().then(Mono.defer(() -> get(url.resolve(location), hosts, redirects - 1)));
		}
		NoPictureException refused = new NoPictureException(
				"the picture's URL answered " + response.statusCode().value());
		return response.releaseBody()
			.then(response.statusCode().is5xxServerError() ? Mono.error(new IOException(refused.getMessage()))
					: Mono.error(refused));
	}

	/** Silence is the connection's matter; this is about what drips. */
	private Flux<DataBuffer> paced(Flux<DataBuffer> body) {
		return Flux.defer(() -> {
			long begin = System.nanoTime();
			long grace = this.egress.minRateAfter().toNanos();
			long rate = this.egress.minRate().toBytes();
			long[] read = { 0 };
			return body.doOnNext(buffer -> {
				read[0] += buffer.readableByteCount();
				long nanos = System.nanoTime() - begin;
				if (nanos > grace && read[0] < rate * (nanos / 1e9)) {
					throw NoPictureException.tooSlow(rate);
				}
			});
		});
	}

	private static boolean isBroken(Throwable error) {
		return error instanceof IOException || error instanceof WebClientException
				|| error instanceof ReadTimeoutException
				|| (error instanceof NoPictureException picture && picture.isCutOff());
	}

}
