package dev.heliostat.image;

import java.util.Locale;
import java.util.Optional;

/**
 * A picture format that the gateway delivers.
 */
public enum ImageType {

	PNG("image/png", "png"), JPEG("image/jpeg", "jpg"), WEBP("image/webp", "webp"), GIF("image/gif", "gif"),
	AVIF("image/avif", "avif");

	private final String mime;

	private final String extension;

	ImageType(String mime, String extension) {
		this.mime = mime;
		this.extension = extension;
	}

	/** The media type, such as {@code image/png}. */
	public String mime() {
		return this.mime;
	}

	/** The usual file extension, without a dot. */
	public String extension() {
		return this.extension;
	}

	/** The value that {@code output_format} has for this type. */
	public String parameterValue() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Finds a type by its {@code output_format} value or extension ({@code jpg} and
	 * {@code jpeg} are one).
	 */
	public static Optional<ImageType> named(String name) {
		String wanted = name.toLowerCase(Locale.ROOT);
		for (ImageType type : values()) {
			if (type.parameterValue().equals(wanted) || type.extension.equals(wanted)) {
				return Optional.of(type);
			}
		}
		return Optional.empty();
	}

}
