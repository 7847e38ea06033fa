package dev.heliostat.console;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

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

	private final ArenaPairs pairs;

	/** Keys that may use the same have the same offers. */
	private final Recent<Permitted, List<Offer>> known;

	ArenaOffers(ArenaPairs pairs, Clock clock) {
		this.pairs = pairs;
		this.known = new Recent<>(clock, 1000, Duration.ofMinutes(10));
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

	/** Nothing for whoever may not make pictures. */
	Mono<List<Offer>> of(ServerRequest request) {
		Visitor visitor = Visitor.of(request);
		if (!visitor.isMaker() || !visitor.mayUse(FormOrders.endpoint(Capability.GENERATE))) {
			return Mono.just(List.of());
		}
		Caller caller = PlaygroundRuns.caller(request);
		return this.known.get(new Permitted(caller.kind(), caller.scopes()),
				() -> this.pairs.entrants(request, "…", OptionalLong.empty()).map(ArenaOffers::offers));
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
