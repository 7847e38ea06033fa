package dev.heliostat.console;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.PublicUrl;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Provider;
import dev.heliostat.console.RunView.Attempt;
import dev.heliostat.console.RunView.Picture;
import dev.heliostat.generation.DeliveredImage;
import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Kept;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.Money;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.GenerationRecord.Status;

/**
 * Puts generations into words.
 */
final class RunViews {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'")
		.withZone(ZoneOffset.UTC);

	private final Catalogs catalogs;

	private final Looks looks;

	private final PublicUrl publicUrl;

	private final Clock clock;

	RunViews(Catalogs catalogs, Looks looks, PublicUrl publicUrl, Clock clock) {
		this.catalogs = catalogs;
		this.looks = looks;
		this.publicUrl = publicUrl;
		this.clock = clock;
	}

	/** The view of a generation whose pictures are given by URL; releases them. */
	RunView of(Kept kept) {
		GenerationRecord record = kept.record();
		Catalog catalog = this.catalogs.current();
		Optional<AttemptRecord> last = record.attempts().isEmpty() ? Optional.empty()
				: Optional.of(record.attempts().getLast());
		Optional<Generation> generation = kept.generation();
		List<Picture> pictures = new ArrayList<>();
		generation.ifPresent(made -> {
			for (DeliveredImage image : made.images()) {
				image.url().ifPresent(url -> pictures.add(picture(record, image, url, pictures.size())));
			}
			made.release();
		});
		boolean over = record.finishedAt().isPresent();
		String provider = generation.map(Generation::providerLabel)
			.orElseGet(() -> last.map(attempt -> label(catalog, attempt.provider())).orElse(""));
		Duration took = Duration.between(record.createdAt(), record.finishedAt().orElseGet(this.clock::instant));
		return new RunView(record.id(), record.model(),
				catalog.model(record.model()).map(Model::name).orElse(record.model()), record.capability().label(),
				OfferingCards.lower(record.status()), over, words(record.status(), provider, took), record.count(),
				pictures, List.copyOf(this.looks.of(record.id()).keySet()), PriceWords.dollars(record.charged()),
				record.maybeCharged().equals(Money.ZERO) ? "" : PriceWords.dollars(record.maybeCharged()), provider,
				generation.map(Generation::executedModel)
					.orElseGet(() -> last.map(AttemptRecord::executedModel).orElse("")),
				seconds(took.toMillis()), time(record.createdAt()),
				generation.map(Generation::warnings).orElse(List.of()),
				kept.error().map(GatewayError::message).orElse(""),
				record.attempts().stream().map(attempt -> attempt(catalog, attempt)).toList());
	}

	/** Where a model's page is; the list of models where it has none any more. */
	String path(String slug) {
		return this.catalogs.current().model(slug).map(ModelCards::path).orElse("/models");
	}

	private static String words(Status status, String provider, Duration took) {
		return switch (status) {
			case QUEUED -> "Waiting for its turn";
			case RUNNING -> provider.isEmpty() ? "Choosing who makes it" : provider + " is making it";
			case SUCCEEDED -> "Made by " + provider + " in " + seconds(took.toMillis());
			case FAILED -> "Failed";
			case CANCELLED -> "Cancelled";
		};
	}

	private Picture picture(GenerationRecord record, DeliveredImage image, URI url, int index) {
		String text = url.toString();
		String origin = this.publicUrl.value();
		// One that was left at its provider has neither.
		Optional<GeneratedImage> known = image.known();
		return new Picture(text.startsWith(origin + "/") ? text.substring(origin.length()) : text,
				record.id() + ((record.count() > 1) ? "-" + (index + 1) : "")
						+ known.map(made -> "." + made.type().extension()).orElse(""),
				known.map(made -> made.size().width()).orElse(0), known.map(made -> made.size().height()).orElse(0),
				known.map(made -> OfferingCards.lower(made.type())).orElse(""),
				image.image().revisedPrompt().orElse(""));
	}

	private static Attempt attempt(Catalog catalog, AttemptRecord attempt) {
		return new Attempt(attempt.picture() + 1, label(catalog, attempt.provider()), attempt.executedModel(),
				attempt.outcome().orElse("running"), attempt.failure().orElse("").replace('_', ' '),
				attempt.billed().map(OfferingCards::lower).orElse(""), PriceWords.dollars(attempt.charge()),
				attempt.durationMillis().map(RunViews::seconds).orElse(""), time(attempt.startedAt()),
				attempt.jobId().orElse(""));
	}

	private static String label(Catalog catalog, String provider) {
		return catalog.provider(provider)
			.map(Provider::label)
			.orElse(provider.equals("sandbox") ? "the sandbox" : provider);
	}

	static String seconds(long millis) {
		return (millis < 1000) ? millis + " ms" : OfferingCards.seconds(millis / 1000.0);
	}

	static String time(Instant instant) {
		return TIME.format(instant);
	}

}
