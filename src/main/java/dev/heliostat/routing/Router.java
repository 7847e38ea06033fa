package dev.heliostat.routing;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.ModelName;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageRequest;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.InputImage;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.pricing.Quote;
import dev.heliostat.pricing.Work;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.SandboxOffering;
import dev.heliostat.provider.UpstreamRequest;
import io.netty.buffer.ByteBufUtil;

/**
 * From a model and a request to a plan.
 */
public final class Router {

	private final Catalogs catalogs;

	private final Eligibility eligibility;

	private final ParameterRules rules;

	private final Pricer pricer;

	private final Scoring scoring;

	private final Departure departure;

	Router(Catalogs catalogs, Eligibility eligibility, ParameterRules rules, Pricer pricer, Scoring scoring,
			Departure departure) {
		this.catalogs = catalogs;
		this.eligibility = eligibility;
		this.rules = rules;
		this.pricer = pricer;
		this.scoring = scoring;
		this.departure = departure;
	}

	/**
	 * Finds who may serve a request, and in which order. Fails with a
	 * {@code GatewayException} when nobody may: with the request's own fault where there
	 * is one, else with what the operator has to set. Looking changes nothing.
	 * @param caller who asks: a test key is served by the sandbox whatever it names
	 */
	public Plan plan(ImageRequest request, Preferences preferences, Caller caller) {
		boolean sandboxed = caller.kind() == Caller.Kind.TEST;
		Catalog catalog = this.catalogs.current();
		ModelName name = ModelName.resolve(catalog, request.model(), sandboxed);
		Search search = new Search(catalog, request, preferences, caller);
		consider(search, name, sandboxed);
		if (preferences.allowFallbacks()) {
			for (String fallback : preferences.models()) {
				consider(search, ModelName.resolve(catalog, fallback, sandboxed), sandboxed);
			}
		}
		if (search.candidates.isEmpty()) {
			throw Refusals.nobodyMayServe(name.model(), request, caller, search.exclusions, search.fault);
		}
		List<Candidate> candidates = preferences.allowFallbacks() ? search.candidates
				: List.of(search.candidates.getFirst());
		return new Plan(catalog, name.model(), candidates, search.exclusions);
	}

	/** The plan of a request that now runs: it takes its turn, probes and explores. */
	public Plan depart(Plan plan, Preferences preferences) {
		return this.departure.of(plan, preferences);
	}

	/** The chance that a request explores when it runs. */
	public double exploration(Plan plan, Preferences preferences) {
		return this.departure.exploration(plan, preferences);
	}

	/** Adds the offerings of one model, best first. */
	private void consider(Search search, ModelName name, boolean sandboxed) {
		Refusals.checkAllowed(name.model(), search.caller);
		Refusals.checkInService(name.model());
		Refusals.checkLimits(name.model(), search.request);
		List<Candidate> found = new ArrayList<>();
		for (Offering offering : offerings(name, sandboxed)) {
			Optional<String> exclusion = this.eligibility.exclusion(search.catalog, offering, search.request,
					sandboxed ? Preferences.NONE : search.preferences, search.caller);
			if (exclusion.isEmpty()) {
				exclusion = judge(search, name.model(), offering, found);
			}
			exclusion.ifPresent(reason -> search.exclusions.add(new Plan.Exclusion(offering.key(), reason)));
		}
		this.scoring.sort(found, search.preferences);
		search.candidates.addAll(found);
	}

	private static List<Offering> offerings(ModelName name, boolean sandboxed) {
		if (sandboxed || name.isSandbox()) {
			return List.of(SandboxOffering.of(name.model()));
		}
		List<Offering> offerings = new ArrayList<>();
		for (Offering offering : name.model().offerings()) {
			if (name.admits(offering)) {
				offerings.add(offering);
			}
		}
		return offerings;
	}

	/**
	 * Translates, prices and scores; a reason instead of a candidate where one of these
	 * fails.
	 */
	private Optional<String> judge(Search search, Model model, Offering offering, List<Candidate> found) {
		Provider provider = search.catalog.provider(offering.provider()).orElseThrow();
		int perCall = Math.min(search.request.count(),
				offering.mode(search.request.capability()).nativeCount(search.request.partials()));
		UpstreamRequest translated;
		try {
			translated = this.rules.translate(search.request, offering, perCall, 0);
		}
		catch (GatewayException exception) {
			search.fault = search.fault.or(() -> Optional.of(exception));
			return Optional.of(exception.error().message());
		}
		Optional<Quote> quote = quote(offering, search.request, translated, search.request.count());
		Optional<BigDecimal> maxPrice = search.preferences.maxPrice();
		if (maxPrice.isPresent()) {
			BigDecimal most = maxPrice.get().multiply(BigDecimal.valueOf(search.request.count()));
			if (quote.isEmpty() || quote.get().total().usd().compareTo(most) > 0) {
				return Optional.of("Its price is above provider.max_price, or unknown.");
			}
		}
		found.add(this.scoring.judge(model, provider, offering, translated, quote, search.preferences));
		return Optional.empty();
	}

	/** What a number of pictures would cost at an offering; empty when unknown. */
	public Optional<Quote> quote(Offering offering, ImageRequest request, UpstreamRequest translated, int pictures) {
		return this.pricer.quote(offering, work(request, translated, pictures));
	}

	/** What prices depend on in a submission. */
	public static Work work(ImageRequest request, UpstreamRequest translated, int pictures) {
		int promptBytes = ByteBufUtil.utf8Bytes(request.prompt());
		int submissions = Math.ceilDiv(pictures, Math.max(1, translated.perCall()));
		List<ImageSize> inputs = new ArrayList<>();
		for (InputImage image : request.images()) {
			inputs.add(image.size());
		}
		return new Work(pictures, submissions, promptBytes, translated.size(), inputs, translated.pricedBy());
	}

	/** What has been found so far. */
	private static final class Search {

		private final Catalog catalog;

		private final ImageRequest request;

		private final Preferences preferences;

		private final Caller caller;

		private final List<Candidate> candidates = new ArrayList<>();

		private final List<Plan.Exclusion> exclusions = new ArrayList<>();

		private Optional<GatewayException> fault = Optional.empty();

		Search(Catalog catalog, ImageRequest request, Preferences preferences, Caller caller) {
			this.caller = caller;
			this.catalog = catalog;
			this.request = request;
			this.preferences = preferences;
		}

	}

}
