package dev.heliostat.image;

/**
 * A picture that a client sent, whole and known for what it is.
 *
 * @param content its bytes; released when the generation that it belongs to has ended
 * @param type the format that the bytes really have
 * @param size the dimensions that the bytes really have
 */
public record InputImage(ImageContent content, ImageType type, ImageSize size) {
}
