package dev.heliostat.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Pricing.Metric;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.InputImage;
import dev.heliostat.image.Money;
import dev.heliostat.image.Output;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.pricing.Quote;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.UpstreamRequest;
import dev.heliostat.routing.Router;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/**
 * What one picture of the usual size costs at an offering: the quote of a request that
 * says nothing but a prompt. Computed from the catalog, never typed.
 */
final class UsualPrices {

	/** What is drawn is in nobody's price, only its length may be. */
	private static final String PROMPT = "x".repeat(200);

	private static final ImageSize SQUARE = new ImageSize(1024, 1024);

	/** Known before: the others are upper bounds. */
	private static final Set<Metric> EXACT = Set.of(Metric.IMAGE, Metric.MEGAPIXEL, Metric.PIXEL, Metric.REQUEST,
			Metric.STEP, Metric.MEGAPIXEL_STEP, Metric.BILLING_UNIT);

	private final ParameterRules rules;

	private final Pricer pricer;

	private volatile Known known = new Known(null, new ConcurrentHashMap<>());

	UsualPrices(ParameterRules rules, Pricer pricer) {
		this.rules = rules;
		this.pricer = pricer;
	}

	/** Prices of one snapshot of the catalog. */
	private record Known(@org.jspecify.annotations.Nullable Catalog catalog, Map<String, Optional<Usual>> prices) {
	}

	/**
	 * A usual price.
	 *
	 * @param money the amount
	 * @param exact whether it is that, and not only at most that
	 */
	record Usual(Money money, boolean exact) implements Comparable<Usual> {

		/** Such as {@code $0.04}, or {@code at most $0.17}. */
		String words() {
			return (this.exact ? "" : "at most ") + PriceWords.dollars(this.money);
		}

		@Override
		public int compareTo(Usual other) {
			return this.money.compareTo(other.money);
		}

	}

	/** Empty where the price is not known. */
	Optional<Usual> of(Catalog catalog, Offering offering) {
		Known current = this.known;
		if (current.catalog() != catalog) {
			current = new Known(catalog, new ConcurrentHashMap<>());
			this.known = current;
		}
		return current.prices().computeIfAbsent(offering.key(), key -> quote(offering));
	}

	private Optional<Usual> quote(Offering offering) {
		if (offering.pricing().isEmpty() || offering.capabilities().isEmpty()) {
			return Optional.empty();
		}
		Capability capability = offering.capabilities().contains(Capability.GENERATE) ? Capability.GENERATE
				: offering.capabilities().iterator().next();
		List<InputImage> images = (capability == Capability.GENERATE) ? List.of() : List.of(square());
		ImageRequest request = new ImageRequest(capability, offering.modelSlug(), PROMPT, 1, Map.of(), images,
				Optional.empty(), Output.Fit.NEAREST);
		try {
			UpstreamRequest translated = this.rules.translate(request, offering, 1, 0);
			Optional<Quote> quote = this.pricer.quote(offering, Router.work(request, translated, 1));
			return quote.map(known -> new Usual(known.total(),
					known.lines().stream().allMatch(line -> EXACT.contains(line.metric()))));
		}
		catch (GatewayException ex) {
			return Optional.empty();
		}
	}

	/** A picture that is only measured, never read. */
	static InputImage square() {
		return blank(SQUARE);
	}

	static InputImage blank(ImageSize size) {
		return new InputImage(new ImageContent() {

			@Override
			public long length() {
				return 0;
			}

			@Override
			public Flux<DataBuffer> read(long from, long count) {
				return Flux.empty();
			}

			@Override
			public void release() {
				// Nothing is held.
			}

		}, ImageType.PNG, size);
	}

}
