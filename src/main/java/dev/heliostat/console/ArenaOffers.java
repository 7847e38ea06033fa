package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Scope;
import dev.heliostat.api.FormOrders;
import dev.heliostat.console.ArenaPairs.Entrant;
import dev.heliostat.image.Capability;
import dev.heliostat.image.Money;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * What a picture of the arena may cost, to choose from: the dry run of every model. That
 * is much work for a page, so what was found a moment ago is shown at once, and looked up
 * anew for the next one. Who begins a duel is held to prices of that moment.
 */
final class ArenaOffers {

	private static final Duration FRESH = Duration.ofSeconds(15);

	private final ArenaPairs pairs;

	private final Clock clock;

	/** Keys that may use the same have the same offers. */
	private final Cache<Permitted, Found> known = Caffeine.newBuilder()
		.maximumSize(1000)
		.expireAfterWrite(Duration.ofMinutes(10))
		.build();

	ArenaOffers(ArenaPairs pairs, Clock clock) {
		this.pairs = pairs;
		this.clock = clock;
	}

	/**
	 * How many could meet at a price, and what that costs at most.
	 *
	 * @param micros the price of a picture
	 * @param each the same in words
	 * @param total that of both
	 * @param models how many models take part
	 */
	record Offer(long micros, String each, String total, int models) {
	}

	private record Permitted(Caller.Kind kind, List<Scope> scopes) {
	}

	private record Found(Instant at, List<Offer> offers) {
	}

	/** Nothing for whoever may not make pictures. */
	Mono<List<Offer>> of(ServerRequest request) {
		Visitor visitor = Visitor.of(request);
		if (!visitor.isMaker() || !visitor.mayUse(FormOrders.endpoint(Capability.GENERATE))) {
			return Mono.just(List.of());
		}
		Caller caller = PlaygroundRuns.caller(request);
		Permitted permitted = new Permitted(caller.kind(), caller.scopes());
		Found found = this.known.getIfPresent(permitted);
		if (found == null) {
			return read(request, permitted);
		}
		if (found.at().plus(FRESH).isBefore(this.clock.instant())) {
			// Noted first, so that one page only looks anew.
			this.known.put(permitted, new Found(this.clock.instant(), found.offers()));
			read(request, permitted).subscribe(offers -> {
			}, failure -> this.known.invalidate(permitted));
		}
		return Mono.just(found.offers());
	}

	private Mono<List<Offer>> read(ServerRequest request, Permitted permitted) {
		return this.pairs.entrants(request, "…", OptionalLong.empty())
			.map(ArenaOffers::offers)
			.doOnNext(offers -> this.known.put(permitted, new Found(this.clock.instant(), offers)));
	}

	/** The prices at which more models join, so that each is a choice. */
	private static List<Offer> offers(List<Entrant> entrants) {
		TreeSet<Long> prices = new TreeSet<>();
		for (int i = 1; i < entrants.size(); i++) {
			prices.add(entrants.get(i).micros());
		}
		List<Offer> offers = new ArrayList<>();
		for (long price : prices) {
			int models = (int) entrants.stream().filter(entrant -> entrant.micros() <= price).count();
			offers.add(new Offer(price, PriceWords.dollars(new Money(price)), PriceWords.dollars(new Money(2 * price)),
					models));
		}
		return offers;
	}

}
