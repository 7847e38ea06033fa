package dev.heliostat.generation;

import java.net.URI;
import java.util.Optional;

import dev.heliostat.image.GeneratedImage;

/**
 * A picture in the form that the client wants: a URL, or bytes that wait in the spool.
 *
 * @param image the picture
 * @param mediaId what the media store calls it; empty when it could not be stored
 * @param url where it can be fetched; empty when the bytes themselves are the answer
 */
public record DeliveredImage(GeneratedImage image, Optional<String> mediaId, Optional<URI> url) {
}
