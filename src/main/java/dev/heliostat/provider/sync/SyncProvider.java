package dev.heliostat.provider.sync;

import java.time.Duration;

import reactor.core.publisher.Mono;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.AnswerReader;
import dev.heliostat.provider.InputPreparation;
import dev.heliostat.provider.ProviderConnection;
import dev.heliostat.provider.Upstream;
import dev.heliostat.provider.UpstreamErrors;

/**
 * An offering that answers a request with its pictures: JSON with base64 or URLs, or the
 * bytes themselves. It has no job id: an answer that is lost stays unknown, so nothing is
 * ever sent twice.
 */
final class SyncProvider implements ImageProvider {

	private final Offering offering;

	private final Upstream upstream;

	private final AnswerReader answers;

	SyncProvider(ProviderConnection connection, Offering offering, PictureReader pictures,
			InputPreparation preparation) {
		this.offering = offering;
		this.upstream = new Upstream(connection, offering, preparation);
		this.answers = new AnswerReader(connection, pictures);
	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		if (call.jobId().isPresent() || call.lost().isPresent()) {
			return Mono.error(new ProviderException(ProviderFailure.of(Kind.LOST, Billed.MAYBE,
					"a synchronous provider cannot be asked for an earlier result")));
		}
		Wire wire = this.offering.mode(call.capability()).wire();
		return this.upstream.submit(call, response -> this.answers.read(response, wire))
			.flatMap(read -> this.answers.result(read, wire.answer(), this.upstream.values(call.capability()),
					call.count(), Duration.ZERO))
			.onErrorMap(error -> !(error instanceof ProviderException),
					error -> new ProviderException(UpstreamErrors.broken(error)));
	}

}
