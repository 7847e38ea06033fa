package dev.heliostat.image;

import java.util.Optional;

/**
 * One finished picture.
 *
 * @param content the bytes, whole
 * @param type the format that the bytes really have
 * @param size the dimensions that the bytes really have
 * @param revisedPrompt the prompt as the provider rewrote it, where it did
 */
public record GeneratedImage(ImageContent content, ImageType type, ImageSize size,
		Optional<String> revisedPrompt) implements ProviderImage {

	@Override
	public void release() {
		this.content.release();
	}

}
