package dev.heliostat.generation;

/**
 * What a message about the end of a generation says.
 */
public interface WebhookView {

	/** The message as JSON; always the same for the same end. Releases the pictures. */
	byte[] message(Kept kept);

}
