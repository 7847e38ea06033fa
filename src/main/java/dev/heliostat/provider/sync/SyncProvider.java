package dev.heliostat.provider.sync;

import java.time.Duration;
import java.util.Optional;

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
import dev.heliostat.provider.PreparedMode;
import dev.heliostat.provider.ProviderConnection;
import dev.heliostat.provider.Upstream;
import dev.heliostat.provider.UpstreamErrors;
import dev.heliostat.provider.UpstreamResponse;

/**
 * An offering that answers a request with its pictures: JSON with base64 or URLs, or the
 * bytes themselves. It has no job id: an answer that is lost stays unknown, so nothing is
 * ever sent twice.
 */
final class SyncProvider implements ImageProvider {

	private final Upstream upstream;

	private final AnswerReader answers;

	private final PictureReader pictures;

	private final UpstreamErrors errors;

	SyncProvider(ProviderConnection connection, Offering offering, PictureReader pictures,
			InputPreparation preparation) {
		this.upstream = new Upstream(connection, offering, preparation);
		this.answers = new AnswerReader(connection, pictures);
		this.pictures = pictures;
		this.errors = new UpstreamErrors(connection.provider());
	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		if (call.jobId().isPresent() || call.lost().isPresent()) {
			return Mono.error(new ProviderException(ProviderFailure.of(Kind.LOST, Billed.MAYBE,
					"a synchronous provider cannot be asked for an earlier result")));
		}
		PreparedMode mode = this.upstream.mode(call.capability());
		return this.upstream.submit(call, response -> answer(call, mode, response))
			.onErrorMap(error -> !(error instanceof ProviderException),
					error -> new ProviderException(UpstreamErrors.broken(error)));
	}

	/** What was asked for as a stream need not be one. */
	private Mono<ProviderResult> answer(ProviderCall call, PreparedMode mode, UpstreamResponse response) {
		Optional<Wire.Stream> stream = mode.wire().stream();
		if (stream.isPresent() && call.watch().partials() > 0 && StreamedAnswer.is(response)) {
			return new StreamedAnswer(stream.get(), call, mode.values(), this.pictures, this.answers, this.errors)
				.read(response);
		}
		return this.answers.read(response, mode)
			.flatMap(read -> this.answers.result(read, mode.wire().answer(), mode.values(), call, Duration.ZERO));
	}

}
