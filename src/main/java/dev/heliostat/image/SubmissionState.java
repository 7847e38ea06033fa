package dev.heliostat.image;

/**
 * What a provider says of a submission that has not ended.
 */
public enum SubmissionState {

	/** It waits for its turn. */
	QUEUED,
	/** The picture is being made. */
	RUNNING

}
