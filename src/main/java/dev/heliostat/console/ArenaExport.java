package dev.heliostat.console;

import java.util.List;

import dev.heliostat.console.Duel.Side;
import dev.heliostat.console.Duel.Vote;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Votes as files for other programs.
 */
final class ArenaExport {

	/** The youngest of so many. */
	static final int MOST = 50_000;

	private ArenaExport() {
	}

	static String csv(List<Duel> duels) {
		StringBuilder csv = new StringBuilder();
		ObjectNode head = line(new Duel("", "", "", java.time.Instant.EPOCH, Side.begun("", ""), Side.begun("", ""),
				java.util.Optional.empty(), java.util.Optional.empty(), false));
		csv.append(String.join(",", head.propertyNames())).append("\r\n");
		for (Duel duel : duels) {
			csv.append(String.join(",",
					line(duel).properties().stream().map(field -> field.getValue().asString()).toList()))
				.append("\r\n");
		}
		return csv.toString();
	}

	static String lines(List<Duel> duels) {
		StringBuilder lines = new StringBuilder();
		duels.forEach(duel -> lines.append(line(duel)).append('\n'));
		return lines.toString();
	}

	private static ObjectNode line(Duel duel) {
		ObjectNode line = JsonNodeFactory.instance.objectNode()
			.put("id", duel.id())
			.put("voted_at", duel.votedAt().map(Object::toString).orElse(""))
			.put("project", duel.project())
			.put("vote", duel.vote().map(Vote::name).orElse("").toLowerCase(java.util.Locale.ROOT));
		side(line, "left", duel.left());
		side(line, "right", duel.right());
		return line.put("sandbox", duel.sandbox());
	}

	private static void side(ObjectNode line, String name, Side side) {
		line.put(name + "_model", side.model())
			.put(name + "_provider", side.provider().orElse(""))
			.put(name + "_micros", side.micros())
			.put(name + "_millis", side.millis());
	}

}
