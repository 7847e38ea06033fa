package dev.heliostat.attempt;

import java.time.Duration;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import reactor.core.publisher.Mono;

/**
 * A provider that is not followed for ever: what an answer trickles beyond the limit is
 * given up, and may have been billed.
 *
 * @param provider whose time is limited
 * @param limit the most that a submission may take
 */
record TimeLimit(ImageProvider provider, Duration limit) implements ImageProvider {

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		return this.provider.generate(call)
			.timeout(this.limit, Mono.error(() -> new ProviderException(ProviderFailure.of(Kind.TIMEOUT, Billed.MAYBE,
					"the provider did not finish within " + this.limit.toSeconds() + " s"))));
	}

}
