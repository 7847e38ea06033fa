package dev.heliostat.catalog;

import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model or a provider as its files give it: the shipped one, with the overlay's laid
 * over it.
 *
 * @param json what counts
 * @param shipped the file in the jar
 * @param overlay the operator's file
 */
record CatalogFile(ObjectNode json, Optional<YamlFile> shipped, Optional<YamlFile> overlay) {

	private static final String OFFERINGS = "/offerings/";

	static CatalogFile shipped(YamlFile file) {
		return new CatalogFile(file.json(), Optional.of(file), Optional.empty());
	}

	static CatalogFile added(YamlFile file) {
		return new CatalogFile(file.json(), Optional.empty(), Optional.of(file));
	}

	/**
	 * Lays an operator's file over this one: its keys replace, its offerings are matched
	 * by provider and replace key by key.
	 */
	CatalogFile with(YamlFile over) {
		ObjectNode merged = this.json.deepCopy();
		for (Map.Entry<String, JsonNode> entry : over.json().properties()) {
			if (entry.getKey().equals("offerings") && entry.getValue() instanceof ArrayNode offerings
					&& merged.path("offerings") instanceof ArrayNode known) {
				offerings.forEach(offering -> lay(known, offering));
			}
			else {
				merged.set(entry.getKey(), entry.getValue());
			}
		}
		return new CatalogFile(merged, this.shipped, Optional.of(over));
	}

	private static void lay(ArrayNode known, JsonNode offering) {
		for (JsonNode candidate : known) {
			if (candidate instanceof ObjectNode target && offering instanceof ObjectNode source
					&& candidate.path("provider").equals(offering.path("provider"))) {
				target.setAll(source);
				return;
			}
		}
		known.add(offering);
	}

	/**
	 * A problem with the place where it was written: in the overlay if that names the
	 * key, else in the shipped file.
	 */
	CatalogProblem problem(String pointer, String message) {
		String key = YamlFile.readable(pointer);
		if (this.overlay.isPresent()) {
			YamlFile file = this.overlay.get();
			String there = inOverlay(pointer, file);
			if (this.shipped.isEmpty() || names(file, there)) {
				return new CatalogProblem(file.name(), file.line(there), key, message);
			}
		}
		YamlFile file = this.shipped.orElseThrow();
		return new CatalogProblem(file.name(), file.line(pointer), key, message);
	}

	private static boolean names(YamlFile file, String pointer) {
		String[] parts = pointer.split("/");
		return parts.length > 1 && file.lines().containsKey("/" + parts[1])
				&& (parts.length < 4 || !parts[1].equals("offerings")
						|| file.lines().containsKey("/offerings/" + parts[2] + "/" + parts[3]));
	}

	/** Where a pointer into the merged offerings points to in the overlay's own list. */
	private String inOverlay(String pointer, YamlFile file) {
		if (!pointer.startsWith(OFFERINGS)) {
			return pointer;
		}
		String[] parts = pointer.split("/", 4);
		JsonNode provider = this.json.path("offerings").path(Integer.parseInt(parts[2])).path("provider");
		JsonNode own = file.json().path("offerings");
		for (int i = 0; i < own.size(); i++) {
			if (own.path(i).path("provider").equals(provider)) {
				return OFFERINGS + i + ((parts.length > 3) ? "/" + parts[3] : "");
			}
		}
		return "/-";
	}

}
