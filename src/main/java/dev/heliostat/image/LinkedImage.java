package dev.heliostat.image;

import java.net.URI;
import java.util.Optional;

/**
 * A finished picture that was left where its provider keeps it. Nobody here has seen its
 * bytes, so neither its format nor its dimensions are known.
 *
 * @param url where the provider keeps it
 * @param revisedPrompt the prompt as the provider rewrote it, where it did
 */
public record LinkedImage(URI url, Optional<String> revisedPrompt) implements ProviderImage {

	/** There is nothing to give back. */
	@Override
	public void release() {
	}

}
