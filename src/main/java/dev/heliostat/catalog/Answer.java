package dev.heliostat.catalog;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderFailure;

/**
 * Where a provider's answer holds its pictures and what else it says. Paths are those of
 * {@link Wire}; one without a slash at its beginning starts at the picture's own item.
 * <p>
 * An answer whose content type is a picture's is the picture itself.
 *
 * @param images paths of the items, one for each picture
 * @param base64 path of a picture's base64 in its item; an empty text means the item
 * itself
 * @param url path of a picture's URL in its item, or a template of a URL over the item's
 * members
 * @param revisedPrompt path of the prompt as the provider rewrote it
 * @param usage path of a usage object in OpenAI's form
 * @param usageParts paths whose numbers are added up, by the place in OpenAI's usage
 * object
 * @param cost path of what the provider says it charged; several are added up
 * @param costUnit dollars for one unit of that
 * @param facts paths of result fields that prices may depend on, by name
 * @param refusals what marks a picture, or the whole answer, as refused
 * @param error path of an error in an answer that is otherwise a success
 * @param empty what it means that there is no picture and no reason
 * @param emptyBilled whether that is charged
 */
public record Answer(List<String> images, Optional<String> base64, Optional<String> url, Optional<String> revisedPrompt,
		Optional<String> usage, Map<String, List<String>> usageParts, Optional<String> cost, BigDecimal costUnit,
		Map<String, String> facts, List<Refusal> refusals, Optional<String> error, ProviderFailure.Kind empty,
		Billed emptyBilled) {

	/**
	 * A mark that says that something was refused.
	 *
	 * @param at path of the mark, with <code>{index}</code> for the picture's number; a
	 * header's name where it begins with {@code header:}
	 * @param values the values that mean a refusal; empty when any value does that is not
	 * false, null or empty
	 * @param stage {@code input}, {@code output} or {@code unknown}
	 * @param billed whether the provider charges for it
	 */
	public record Refusal(String at, List<JsonNode> values, String stage, Billed billed) {
	}

	/** The last names of the paths under which a picture's text may stand. */
	List<String> members(Optional<String> within) {
		if (within.isEmpty() || within.get().indexOf('{') >= 0) {
			return List.of();
		}
		List<String> names = new ArrayList<>();
		for (String image : this.images) {
			String[] segments = (image + "/" + within.get()).split("/");
			for (int i = segments.length - 1; i >= 0; i--) {
				if (!segments[i].isEmpty() && !segments[i].equals("*") && !segments[i].startsWith("[")
						&& !segments[i].chars().allMatch(Character::isDigit)) {
					names.add(segments[i]);
					break;
				}
			}
		}
		return names;
	}

}
