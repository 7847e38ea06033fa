package dev.heliostat.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.heliostat.image.Capability;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of providers in {@code docs/providers.md} is what the catalog says; the whole
 * file as it has to be is written to {@code target/providers.md}. What cannot be used,
 * and what is old, is listed while building.
 */
class ProvidersReferenceTest {

	private static final String MARK = "<!-- What follows is made from the catalog. -->\n";

	/** Prices that were last seen before this are worth another look. */
	private static final LocalDate STALE = LocalDate.of(2026, 2, 2);

	@Test
	void theDocumentListsTheCatalogAsItIs() throws IOException {
		Path document = Path.of("docs/providers.md");
		String text = Files.readString(document);
		int mark = text.indexOf(MARK);
		String written = ((mark < 0) ? text : text.substring(0, mark)) + MARK + table(ShippedCatalog.load());
		Files.writeString(Path.of("target/providers.md"), written);
		assertThat(text).as("docs/providers.md is not what the catalog says; copy target/providers.md over it")
			.isEqualTo(written);
	}

	private static String table(Catalog catalog) {
		TreeMap<String, List<Offering>> byProvider = new TreeMap<>();
		catalog.providers().forEach(provider -> byProvider.put(provider.name(), new ArrayList<>()));
		catalog.models()
			.forEach(model -> model.offerings().forEach(offering -> byProvider.get(offering.provider()).add(offering)));
		byProvider.remove("sandbox");
		long served = byProvider.values()
			.stream()
			.flatMap(List::stream)
			.filter(each -> each.status().inService())
			.count();
		StringBuilder text = new StringBuilder("\n## The catalog\n\n").append(byProvider.size())
			.append(" providers, ")
			.append(catalog.models().size())
			.append(" models, ")
			.append(byProvider.values().stream().mapToInt(List::size).sum())
			.append(" offerings, of which ")
			.append(served)
			.append(" can be used.\n\n| provider | protocols | modes | offerings in service | parameters | price forms |\n|---|---|---|---|---|---|\n");
		byProvider.forEach((name, offerings) -> text.append(row(catalog.provider(name).orElseThrow(), offerings)));
		List<String> undocumented = listed(byProvider, Model.Status.UNDOCUMENTED);
		text.append(
				"\n### Undocumented\n\nListed for their prices; nothing that was read says what they take, so they are never called.\n\n")
			.append(String.join(", ", undocumented))
			.append(".\n\n### Retired\n\n")
			.append(String.join(", ", listed(byProvider, Model.Status.RETIRED)))
			.append(".\n\n### Old prices\n\nLast seen before ")
			.append(STALE)
			.append(": worth another look.\n\n");
		List<String> stale = catalog.stalePrices(STALE.atStartOfDay(ZoneOffset.UTC).toInstant());
		text.append(stale.stream().sorted().collect(Collectors.joining(", "))).append(".\n");
		System.out.println(undocumented.size() + " undocumented offerings: " + String.join(", ", undocumented));
		System.out.println(stale.size() + " prices last seen before " + STALE + ": " + String.join(", ", stale));
		return text.toString();
	}

	private static List<String> listed(TreeMap<String, List<Offering>> byProvider, Model.Status status) {
		return byProvider.values()
			.stream()
			.flatMap(List::stream)
			.filter(offering -> offering.status() == status)
			.map(Offering::key)
			.sorted()
			.toList();
	}

	private static String row(Provider provider, List<Offering> all) {
		List<Offering> offerings = all.stream()
			.filter(offering -> offering.status().inService())
			.sorted(Comparator.comparing(Offering::modelSlug))
			.toList();
		TreeSet<Capability> modes = new TreeSet<>();
		TreeSet<String> protocols = new TreeSet<>();
		TreeSet<String> parameters = new TreeSet<>();
		TreeSet<String> prices = new TreeSet<>();
		for (Offering offering : offerings) {
			modes.addAll(offering.capabilities());
			offering.modes().values().forEach(mode -> {
				protocols.add(mode.protocol());
				parameters.addAll(mode.parameters().keySet());
			});
			prices.add(offering.pricing().map(ProvidersReferenceTest::form).orElse("unknown"));
		}
		parameters.remove("prompt");
		parameters.remove("n");
		return "| " + provider.label() + " (`" + provider.name() + "`) | " + String.join(", ", protocols) + " | "
				+ modes.stream().map(Capability::label).collect(Collectors.joining(", ")) + " | "
				+ offerings.stream().map(Offering::modelSlug).collect(Collectors.joining(", ")) + " | "
				+ String.join(", ", parameters) + " | " + String.join("; ", prices) + " |\n";
	}

	/** What a price counts. */
	private static String form(Pricing pricing) {
		if (pricing.free()) {
			return "free";
		}
		return pricing.components().stream().map(component -> {
			String metric = component.metric().name().toLowerCase(Locale.ROOT).replace('_', ' ');
			String side = (component.type() == Pricing.Type.INPUT) ? "input " : "";
			String by = component.conditions()
				.keySet()
				.stream()
				.filter(name -> !name.equals("batch") && !name.equals("cached"))
				.sorted()
				.collect(Collectors.joining(", "));
			return side + metric + (by.isEmpty() ? "" : " by " + by);
		}).distinct().collect(Collectors.joining(" + "));
	}

	@Test
	void noPriceIsWithoutADateOrASource() {
		ShippedCatalog.load()
			.models()
			.forEach(model -> model.offerings().forEach(offering -> offering.pricing().ifPresent(pricing -> {
				assertThat(pricing.source()).as(offering.key()).isNotBlank();
				assertThat(pricing.effectiveAt()).as(offering.key())
					.isAfter(LocalDate.of(2024, 1, 1))
					.isBeforeOrEqualTo(LocalDate.ofInstant(Instant.parse("2026-11-24T00:00:00Z"), ZoneOffset.UTC));
			})));
	}

}
