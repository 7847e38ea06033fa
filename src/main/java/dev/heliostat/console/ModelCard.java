package dev.heliostat.console;

import java.util.List;

import dev.heliostat.catalog.Model;

/**
 * Everything that the pages of a model say, in words: the page and its Markdown twin read
 * the same card. What is not known is an empty text.
 *
 * @param slug the id on the wire
 * @param path where its page is
 * @param name the name for people
 * @param creator who made it
 * @param creatorSlug the creator in addresses
 * @param family what it belongs to
 * @param status whether it can be used
 * @param description one sentence
 * @param released when it was released
 * @param shutdown when it ends
 * @param maxResolution the largest picture
 * @param answer the form of an answer that names none
 * @param promptCharacters the longest prompt
 * @param count the most pictures of one request
 * @param input what goes in
 * @param output what comes out
 * @param modes what it can do
 * @param tags words for search
 * @param aliases other ids
 * @param price the lowest usual price
 * @param offerings who serves it
 * @param examplePrompt a prompt that shows it well
 * @param gallery curated prompts
 * @param about prose
 * @param faq questions with their answers, computed ones first
 * @param examples code for each thing that it can do
 * @param notes remarks for operators
 * @param links its parts, by title and address
 * @param baseUrl where the API is
 */
record ModelCard(String slug, String path, String name, String creator, String creatorSlug, String family,
		String status, String description, String released, String shutdown, String maxResolution, String answer,
		int promptCharacters, int count, List<String> input, List<String> output, List<String> modes, List<String> tags,
		List<String> aliases, String price, List<OfferingCard> offerings, String examplePrompt, List<String> gallery,
		Model.About about, List<Model.Question> faq, List<CodeExample> examples, List<String> notes, List<Link> links,
		String baseUrl) {

	/** Where more is. */
	record Link(String title, String url) {
	}

	/** What there are examples for. */
	public List<String> modeTitles() {
		return this.examples.stream().map(CodeExample::mode).distinct().toList();
	}

	/** Whether there is any prose. */
	public boolean isDescribed() {
		return !this.about.overview().isEmpty();
	}

}
