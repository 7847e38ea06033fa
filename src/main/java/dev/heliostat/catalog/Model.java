package dev.heliostat.catalog;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import dev.heliostat.image.Capability;
import dev.heliostat.image.ImageSize;

/**
 * What a client asks for by name, with everything that its page shows.
 *
 * @param slug the lower-case id on the wire
 * @param name the name for people
 * @param creator who made it
 * @param family models of one family share traits, such as the default form of the answer
 * @param status whether it can be used
 * @param description one sentence
 * @param dates known dates; they inform, and never switch a model off
 * @param tags free words for search
 * @param aliases other ids that resolve to this model
 * @param maxResolution the largest picture it makes, where known
 * @param modalities what goes in and what comes out
 * @param limits what a request may ask for
 * @param answer the form of the answer when the request names none
 * @param offerings who serves it
 * @param examplePrompt a prompt that shows the model well
 * @param gallery curated prompts
 * @param about prose for the model's page
 * @param faq questions and answers beyond those that are computed
 * @param notes remarks for operators
 */
public record Model(String slug, String name, Creator creator, String family, Status status, String description,
		Dates dates, List<String> tags, List<String> aliases, Optional<ImageSize> maxResolution, Modalities modalities,
		Limits limits, AnswerForm answer, List<Offering> offerings, Optional<String> examplePrompt,
		List<String> gallery, Optional<About> about, List<Question> faq, List<String> notes) {

	/** Everything that at least one offering in service can do. */
	public Set<Capability> capabilities() {
		Set<Capability> all = new TreeSet<>();
		for (Offering offering : this.offerings) {
			if (offering.status().inService()) {
				all.addAll(offering.capabilities());
			}
		}
		return all;
	}

	/** Who made a model. */
	public record Creator(String slug, String name) {
	}

	/** Whether a model or an offering can be used. */
	public enum Status {

		/** In service. */
		ACTIVE,
		/** In service, and about to end. */
		DEPRECATED,
		/** Ended by its maker: kept for the record, refused. */
		RETIRED,
		/** The facts of its API are not known: listed, refused. */
		UNDOCUMENTED,
		/** Switched off by the operator. */
		DISABLED;

		/** Whether requests may be sent. */
		public boolean inService() {
			return this == ACTIVE || this == DEPRECATED;
		}

	}

	/** Known dates of a model. */
	public record Dates(Optional<LocalDate> released, Optional<LocalDate> shutdown) {
	}

	/** Words such as {@code text} and {@code image}. */
	public record Modalities(List<String> input, List<String> output) {
	}

	/**
	 * What a request may ask for.
	 *
	 * @param promptCharacters the longest prompt, in Unicode code points
	 * @param count the largest {@code n}
	 */
	public record Limits(int promptCharacters, int count) {
	}

	/** The form of an answer when the request does not say. */
	public enum AnswerForm {

		URL, B64_JSON

	}

	/** Prose for a model's page. */
	public record About(String overview, List<Point> strengths, List<Point> limitations, String technicalBackground,
			String bestFor) {
	}

	/** A titled remark. */
	public record Point(String title, String text) {
	}

	/** A question with its answer. */
	public record Question(String question, String answer) {
	}

}
