package dev.heliostat.image;

/**
 * What an offering can be asked to do.
 */
public enum Capability {

	/** A picture from a text. */
	GENERATE("generate", "text-to-image"),
	/** A picture from a text and one or more pictures. */
	EDIT("edit", "image-edit"),
	/** A picture from a picture alone. */
	VARIATION("variation", "image-variation"),
	/** A larger picture of the same thing. */
	UPSCALE("upscale", "upscale");

	private final String key;

	private final String label;

	Capability(String key, String label) {
		this.key = key;
		this.label = label;
	}

	/** The word for it in the catalog. */
	public String key() {
		return this.key;
	}

	/** The word for it in messages and in {@code GET /models}. */
	public String label() {
		return this.label;
	}

}
