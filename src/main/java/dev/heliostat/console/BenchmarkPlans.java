package dev.heliostat.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.api.FormOrders;
import dev.heliostat.api.FormOrders.Sent;
import dev.heliostat.catalog.Model;
import dev.heliostat.catalog.Offering;
import dev.heliostat.console.BenchmarkPlan.Line;
import dev.heliostat.console.BenchmarkPlan.Task;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.Order;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.Money;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Makes a plan of what a form asks to be compared: the dry run of every picture.
 */
final class BenchmarkPlans {

	/** So much is made at most. */
	static final int MOST_PICTURES = 100;

	static final int MOST_PROMPTS = 5;

	static final int MOST_REPEATS = 10;

	private static final Sent NOTHING = new Sent(new LinkedMultiValueMap<>(), List.of(), Optional.empty());

	private final FormOrders forms;

	private final Generations generations;

	private final Pages pages;

	BenchmarkPlans(FormOrders forms, Generations generations, Pages pages) {
		this.forms = forms;
		this.generations = generations;
		this.pages = pages;
	}

	/**
	 * What a form chose.
	 *
	 * @param offerings the keys of offerings
	 * @param prompts the prompts
	 * @param sizes the sizes; an empty one for the usual
	 * @param repeats how many pictures of each
	 */
	record Choice(List<String> offerings, List<String> prompts, List<String> sizes, int repeats) {

		static Choice of(Model model, MultiValueMap<String, String> fields) {
			Set<String> offerings = new LinkedHashSet<>(fields.getOrDefault("offering", List.of()));
			Set<String> known = new LinkedHashSet<>(model.offerings().stream().map(Offering::key).toList());
			offerings.retainAll(known);
			Set<String> prompts = new LinkedHashSet<>();
			fields.getOrDefault("prompt", List.of()).stream().map(String::strip).forEach(prompts::add);
			Forms.first(fields, "own").lines().map(String::strip).forEach(prompts::add);
			prompts.remove("");
			Set<String> sizes = new LinkedHashSet<>(fields.getOrDefault("size", List.of()));
			Choice choice = new Choice(List.copyOf(offerings), List.copyOf(prompts),
					sizes.isEmpty() ? List.of("") : List.copyOf(sizes), repeats(Forms.first(fields, "repeats")));
			choice.check();
			return choice;
		}

		private static int repeats(String text) {
			if (!text.matches("[1-9][0-9]?") || Integer.parseInt(text) > MOST_REPEATS) {
				throw wrong("repeats", "the number of pictures of each (expected: 1 to " + MOST_REPEATS + ")");
			}
			return Integer.parseInt(text);
		}

		private void check() {
			if (this.offerings.isEmpty()) {
				throw wrong("offering", "no provider is chosen (expected: at least one)");
			}
			if (this.prompts.isEmpty() || this.prompts.size() > MOST_PROMPTS) {
				throw wrong("prompt", this.prompts.size() + " prompts (expected: 1 to " + MOST_PROMPTS + ")");
			}
			long all = (long) this.offerings.size() * this.prompts.size() * this.sizes.size() * this.repeats;
			if (all > MOST_PICTURES) {
				throw wrong("repeats", all + " pictures in all (expected: at most " + MOST_PICTURES
						+ "). Choose fewer providers, prompts or sizes");
			}
		}

		private static RuntimeException wrong(String field, String message) {
			return new GatewayError.InvalidValue(field, field + ": " + message).asException();
		}

	}

	/** An order that one picture of each kind is made by, and its price. */
	private record Kind(String offering, int prompt, String size, Order order, long micros) {
	}

	/** Prices everything; an offering that cannot take part is left out and says why. */
	Mono<BenchmarkPlan> plan(ServerRequest request, Choice choice) {
		return Flux.fromIterable(choice.offerings())
			.concatMap(
					offering -> kinds(request, offering, choice)
						.map(kinds -> Map.entry(
								new Line(offering, kinds.size() * choice.repeats(),
										PriceWords.dollars(new Money(
												kinds.stream().mapToLong(Kind::micros).sum() * choice.repeats())),
										""),
								kinds))
						.onErrorResume(GatewayException.class,
								failure -> Mono
									.just(Map.entry(new Line(offering, 0, "", failure.error().message()), List.of()))))
			.collectList()
			.map(parts -> {
				Map<Line, List<Kind>> kinds = new LinkedHashMap<>();
				parts.forEach(part -> kinds.put(part.getKey(), part.getValue()));
				return plan(kinds, choice.repeats());
			});
	}

	private static BenchmarkPlan plan(Map<Line, List<Kind>> kinds, int repeats) {
		List<Task> tasks = new ArrayList<>();
		long micros = 0;
		for (int repeat = 0; repeat < repeats; repeat++) {
			for (List<Kind> some : kinds.values()) {
				for (Kind kind : some) {
					tasks.add(new Task(tasks.size() + 1, kind.offering(), kind.prompt(), kind.size(), kind.order()));
					micros += kind.micros();
				}
			}
		}
		return new BenchmarkPlan(tasks, List.copyOf(kinds.keySet()), micros);
	}

	private Mono<List<Kind>> kinds(ServerRequest request, String offering, Choice choice) {
		List<Mono<Kind>> kinds = new ArrayList<>();
		for (int prompt = 0; prompt < choice.prompts().size(); prompt++) {
			for (String size : choice.sizes()) {
				kinds.add(kind(request, offering, choice, prompt, size));
			}
		}
		return Flux.concat(kinds).collectList();
	}

	private Mono<Kind> kind(ServerRequest request, String offering, Choice choice, int prompt, String size) {
		Map<String, String> parameters = new LinkedHashMap<>(
				Map.of("model", offering, "prompt", choice.prompts().get(prompt)));
		if (!size.isEmpty()) {
			parameters.put("size", size);
		}
		return this.forms
			.order(PlaygroundRuns.caller(request), PlaygroundRuns.requestId(request), Capability.GENERATE, parameters,
					NOTHING, Optional.empty())
			.publishOn(this.pages.painters())
			.map(order -> new Kind(offering, prompt + 1, size, order, price(order)));
	}

	/** What an order costs at most; fails where nobody knows. */
	long price(Order order) {
		return this.generations.plan(order)
			.first()
			.quote()
			.orElseThrow(() -> new GatewayError.InvalidValue("offering",
					"Its price is not known, so that nobody could say what this would cost.")
				.asException())
			.total()
			.micros();
	}

}
