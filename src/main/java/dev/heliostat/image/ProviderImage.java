package dev.heliostat.image;

import java.util.Optional;

/**
 * A finished picture as a submission brings it: its bytes, or where they are.
 */
public sealed interface ProviderImage permits GeneratedImage, LinkedImage {

	/** The prompt as the provider rewrote it, where it did. */
	Optional<String> revisedPrompt();

	/** Gives back its bytes; idempotent. */
	void release();

}
