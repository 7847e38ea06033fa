package dev.heliostat.image;

import java.util.Optional;

/**
 * An unfinished look at a picture that is being made.
 *
 * @param index its place among the looks at this picture, from 0
 * @param content the bytes, whole
 * @param type the format that the bytes really have
 * @param size the dimensions that the bytes really have
 * @param quality the quality that the provider says it makes
 * @param background the background that the provider says it makes
 */
public record PartialImage(int index, ImageContent content, ImageType type, ImageSize size, Optional<String> quality,
		Optional<String> background) {
}
