package dev.heliostat.provider;

import dev.heliostat.catalog.Wire;

/**
 * Stands in an upstream body where a picture that the client sent belongs; replaced by
 * its bytes when the body is written.
 *
 * @param mask whether it is the mask, not one of the pictures
 * @param index which of the pictures
 * @param form a text with the form in braces, such as <code>{data-url}</code>
 * @param rule what the offering says of such inputs
 */
record EmbeddedInput(boolean mask, int index, String form, Wire.Input rule) {

	/** How a plan or a log shows it. */
	@Override
	public String toString() {
		return "<" + (this.mask ? "mask" : "image " + (this.index + 1)) + " as " + this.form + ">";
	}

}
