package dev.heliostat.image;

/**
 * What an offering can be asked to do.
 */
public enum Capability {

	/** A picture from a text. */
	GENERATE("generate", "text-to-image", "text-to-image"),
	/** A picture from a text and one or more pictures. */
	EDIT("edit", "image-edit", "image editing"),
	/** A picture from a picture alone. */
	VARIATION("variation", "image-variation", "image variations"),
	/** A larger picture of the same thing. */
	UPSCALE("upscale", "upscale", "upscaling");

	private final String key;

	private final String label;

	private final String phrase;

	Capability(String key, String label, String phrase) {
		this.key = key;
		this.label = label;
		this.phrase = phrase;
	}

	/** The word for it in the catalog. */
	public String key() {
		return this.key;
	}

	/** How a sentence names it. */
	public String phrase() {
		return this.phrase;
	}

	/** The word for it in lists and in {@code GET /models}. */
	public String label() {
		return this.label;
	}

}
