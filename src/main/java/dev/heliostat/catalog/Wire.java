package dev.heliostat.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.ImageType;

/**
 * How a request travels to a provider and how its answer is read, as data.
 * <p>
 * A <em>place</em> in a body is a JSON Pointer. One that begins with a slash starts at
 * the body's root, any other at the object that holds the parameters; a {@code -} appends
 * to a list. A <em>path</em> in an answer is a JSON Pointer in which {@code *} stands for
 * every element and <code>[name=value]</code> for the elements with that member. A
 * <em>template</em> holds names in braces: <code>{model}</code>,
 * <code>{encoded-model}</code>, <code>{id}</code>, and the provider's options.
 *
 * @param path template of where to post, relative to the base URL, or a whole URL
 * @param maskedPath the same for a submission that has a mask, where that goes elsewhere
 * @param headers headers of every request
 * @param encoding how the body is written
 * @param parameters place of the object that holds the parameters; empty for the body
 * itself
 * @param model place of the model's id; empty where the path says it
 * @param id place of an id that the gateway makes up, unique for each submission
 * @param list whether the body is the only element of a list
 * @param strict whether the provider refuses parameters that it does not know, so that
 * those that no rule declares are left out
 * @param inputs what becomes of the pictures that a client sends, by {@code image} and
 * {@code mask}
 * @param upload where pictures are uploaded beforehand, where an input needs that
 * @param answer where an answer holds its pictures
 * @param job how a job is followed; empty for a provider that answers at once
 * @param stream how unfinished looks are asked for and come; empty where there are none
 */
public record Wire(String path, Optional<String> maskedPath, Map<String, String> headers, Encoding encoding,
		Optional<String> parameters, Optional<String> model, Optional<String> id, boolean list, boolean strict,
		Map<String, Input> inputs, Optional<Upload> upload, Answer answer, Optional<Job> job, Optional<Stream> stream) {

	/** How a body is written. */
	public enum Encoding {

		JSON, MULTIPART

	}

	/**
	 * What becomes of a picture that a client sends.
	 *
	 * @param place where it stands in the body; the part's name in a multipart body
	 * @param more place of the second and later pictures, with <code>{n}</code> for their
	 * number; empty where the first place takes all of them
	 * @param item the form: a text or an object whose texts may hold
	 * <code>{data-url}</code>, <code>{base64}</code>, <code>{type}</code>,
	 * <code>{upload}</code> or <code>{url}</code>
	 * @param maximum how many pictures may be sent
	 * @param maximumBytes the largest picture, 0 for any
	 * @param types the formats that are taken; empty for all
	 * @param minimumSide the shortest side allowed, in pixels
	 * @param maximumSide the longest side allowed, in pixels
	 * @param uploadAbove pictures with more bytes are uploaded whatever the form says; 0
	 * for none
	 * @param edits which part of a mask is to be edited
	 */
	public record Input(String place, Optional<String> more, JsonNode item, int maximum, long maximumBytes,
			Set<ImageType> types, int minimumSide, int maximumSide, long uploadAbove, MaskForm edits) {
	}

	/** Which part of a mask says "edit here". */
	public enum MaskForm {

		/** Where it is transparent, as OpenAI has it. */
		TRANSPARENT,
		/** Where it is white. */
		WHITE,
		/** Where it is black. */
		BLACK

	}

	/**
	 * A call that takes a picture and gives a name for it.
	 *
	 * @param path template of where to post it
	 * @param part the name of the multipart body's file
	 * @param answer path of the name in the answer
	 */
	public record Upload(String path, String part, String answer) {
	}

	/**
	 * How an answer comes as server-sent events, unfinished looks first.
	 *
	 * @param ask what is set in the body to have it so, by place
	 * @param count place of the number of looks; empty where that cannot be said
	 * @param maximum the most looks
	 * @param type path of an event's type in its data; without a text there the event's
	 * name is it
	 * @param partial types of events that bring a look
	 * @param index path of a look's number, from 0; empty to count them
	 * @param completed types of events that bring a finished picture
	 * @param failed types of events that bring an error
	 * @param error path of the error in an event, which is one wherever this is found
	 * @param answer how a completed event is read; a look's picture stands where a
	 * finished one's does
	 */
	public record Stream(Map<String, JsonNode> ask, Optional<String> count, int maximum, Optional<String> type,
			Set<String> partial, Optional<String> index, Set<String> completed, Set<String> failed,
			Optional<String> error, Answer answer) {

		/** Names of members of an event whose texts are pictures in base64. */
		public List<String> base64Members() {
			return this.answer.members(this.answer.base64());
		}

	}

	/**
	 * How an accepted job is followed to its end.
	 *
	 * @param id path of the job's id in the answer to its submission
	 * @param links paths of URLs in that answer, by the names under which the calls below
	 * refer to them
	 * @param poll asks for its state
	 * @param result fetches what it made, where that is another call
	 * @param cancel ends it early, where the provider can do that
	 * @param begun path of the moment at which it began to run; until there is one,
	 * ending it early costs nothing
	 * @param status path of its state
	 * @param states what the provider's words mean; words that are not listed mean that
	 * it runs
	 * @param queued words that mean that it has not begun to run
	 * @param message path of what went wrong
	 * @param reasons path of what was refused
	 * @param early whether pictures may be taken before the state says that it is done
	 * @param lookup finds a job whose submission was not answered
	 */
	public record Job(String id, Map<String, String> links, Call poll, Optional<Call> result, Optional<Call> cancel,
			Optional<String> begun, String status, Map<String, State> states, Set<String> queued,
			Optional<String> message, Optional<String> reasons, boolean early, Optional<Lookup> lookup) {
	}

	/**
	 * A call about a job.
	 *
	 * @param method the HTTP method
	 * @param path template, relative to the base URL or a whole URL
	 * @param body what is sent, its texts being templates; empty for nothing
	 */
	public record Call(String method, String path, Optional<ObjectNode> body) {
	}

	/** What a provider's word for a job's state means. */
	public enum State {

		/** It has not ended. */
		RUNNING,
		/** It brought what was asked for. */
		DONE,
		/** It ended badly, or was cancelled. */
		FAILED,
		/** The content was refused. */
		MODERATED

	}

	/**
	 * A list of the provider's jobs, newest first.
	 *
	 * @param path template with <code>{since}</code> for the earliest moment of interest
	 * @param items path of the jobs
	 * @param model path of a job's model id
	 * @param input path of what it was asked for, equal to the object that holds the
	 * parameters
	 * @param created path of when it was created
	 * @param next path of the next page's URL, where the list has pages
	 */
	public record Lookup(String path, String items, String model, String input, String created, Optional<String> next) {
	}

	/** The rule for a kind of input; empty where the offering takes none. */
	public Optional<Input> input(String kind) {
		return Optional.ofNullable(this.inputs.get(kind));
	}

	/** Names of members of the answer whose texts are pictures in base64. */
	public List<String> base64Members() {
		return this.answer.members(this.answer.base64());
	}

	/** Names of members of the answer whose texts are URLs, possibly {@code data:}. */
	public List<String> urlMembers() {
		return this.answer.members(this.answer.url());
	}

}
