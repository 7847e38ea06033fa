package dev.heliostat.api;

import dev.heliostat.access.BudgetTexts;
import dev.heliostat.generation.Generation;
import org.springframework.http.HttpHeaders;

/**
 * The headers that say what a generation was and cost.
 */
final class GenerationHeaders {

	private GenerationHeaders() {
	}

	static void set(HttpHeaders headers, Generation generation) {
		headers.set("x-heliostat-provider", generation.provider());
		headers.set("x-heliostat-model", generation.record().model());
		headers.set("x-heliostat-generation", generation.record().id());
		headers.set("x-heliostat-cost-micros", Long.toString(generation.record().charged().micros()));
		headers.set("x-heliostat-attempts", Integer.toString(generation.record().attempts().size()));
		for (String warning : generation.warnings()) {
			if (warning.startsWith(BudgetTexts.WARNING)) {
				headers.add("x-heliostat-budget-warning", warning);
			}
		}
	}

	/** Also those that stand in for the metadata of a JSON answer. */
	static void setAll(HttpHeaders headers, Generation generation) {
		set(headers, generation);
		generation.warnings().forEach(warning -> headers.add("x-heliostat-warning", warning.replaceAll("[^ -~]", "?")));
	}

}
