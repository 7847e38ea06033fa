package dev.heliostat.image;

import java.util.List;
import java.util.Optional;

import tools.jackson.databind.node.ObjectNode;

/**
 * One submission to one offering, in the provider's own terms.
 *
 * @param pictureId a name for this submission that is unique for good: generation id and
 * picture index
 * @param capability what is to be done
 * @param body the exact upstream body, made by the parameter rules
 * @param images the pictures that the body refers to, in order
 * @param mask the mask that the body refers to
 * @param count how many pictures the body asks for
 * @param pixels how large all of them are together, as far as that can be told
 * @param watch told of the job's id and of unfinished looks, and asked whether to go on
 * @param jobId the id of a job that was accepted earlier: then it is followed, and
 * nothing is submitted
 * @param lost a submission of an earlier process of which no job's id is known: then it
 * is looked for, and nothing is submitted
 * @param sandbox what only the sandbox reads; empty for every other provider
 */
public record ProviderCall(String pictureId, Capability capability, ObjectNode body, List<InputImage> images,
		Optional<InputImage> mask, int count, long pixels, SubmissionWatch watch, Optional<String> jobId,
		Optional<LostCall> lost, Optional<String> sandbox) {

	/** The same call, as one that follows a job which was accepted earlier. */
	public ProviderCall following(String job) {
		return new ProviderCall(this.pictureId, this.capability, this.body, this.images, this.mask, this.count,
				this.pixels, this.watch, Optional.of(job), this.lost, this.sandbox);
	}

	/** The same call, watched in another way. */
	public ProviderCall watchedBy(SubmissionWatch other) {
		return new ProviderCall(this.pictureId, this.capability, this.body, this.images, this.mask, this.count,
				this.pixels, other, this.jobId, this.lost, this.sandbox);
	}

}
