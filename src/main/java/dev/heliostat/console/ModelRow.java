package dev.heliostat.console;

import java.util.List;

/**
 * A model in the list of models.
 *
 * @param slug its id
 * @param path where its page is
 * @param name its name
 * @param creator who made it
 * @param creatorSlug the creator in addresses
 * @param description one sentence
 * @param status whether it can be used
 * @param input what goes in
 * @param modes what it can do
 * @param tags words for search
 * @param providers names of providers
 * @param labels what they call themselves
 * @param price its lowest usual price
 * @param priceMicros the same as a number; negative where it is not known
 * @param seconds the time of its quickest offering
 * @param speed the same in words
 * @param released when it was released
 * @param ready whether a provider is set up here
 * @param words everything that a search looks at
 */
record ModelRow(String slug, String path, String name, String creator, String creatorSlug, String description,
		String status, List<String> input, List<String> modes, List<String> tags, List<String> providers, String labels,
		String price, long priceMicros, double seconds, String speed, String released, boolean ready, String words) {
}
