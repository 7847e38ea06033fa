package dev.heliostat.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.attempt.AttemptOutcome;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.Money;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.ledger.Measured;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Takes out of the end of a submission what the ledger keeps of it.
 */
final class Measures {

	private Measures() {
	}

	static Optional<Measured> of(AttemptOutcome outcome) {
		return switch (outcome) {
			case AttemptOutcome.Served served -> Optional.of(of(served.result()));
			case AttemptOutcome.Refused _, AttemptOutcome.Failed _ -> Optional.empty();
		};
	}

	private static Measured of(ProviderResult result) {
		JsonNode usage = result.usage()
			.<JsonNode>map(known -> known)
			.orElseGet(() -> JsonNodeFactory.instance.missingNode());
		return new Measured(result.reportedCost().map(cost -> Money.halfUp(cost).micros()), tokens(usage, "input"),
				tokens(usage, "output"), result.waited().toMillis(), result.transferred().toMillis(), sizes(result));
	}

	private static List<String> sizes(ProviderResult result) {
		List<String> sizes = new ArrayList<>();
		for (ImageSize size : result.sizes().orElse(List.of())) {
			sizes.add(size.toString());
		}
		return sizes;
	}

	private static long tokens(JsonNode usage, String direction) {
		return Math.max(0, usage.path(direction + "_tokens").asLong(0));
	}

}
