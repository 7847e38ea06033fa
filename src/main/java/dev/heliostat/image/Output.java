package dev.heliostat.image;

import java.util.Arrays;
import java.util.Optional;

/**
 * How finished pictures are wanted, as far as the provider does not see to it.
 *
 * @param format the format; empty for whatever the provider makes
 * @param byProvider whether the provider was asked for that format and is said to make it
 * @param compression the quality from 0 to 100 that the gateway itself is to encode with;
 * empty where nothing was asked for, or the provider was asked for it
 * @param opaque whether transparent parts are to become white
 * @param size the exact dimensions that were asked for
 * @param fit what to do when a picture has other dimensions
 */
public record Output(Optional<ImageType> format, boolean byProvider, Optional<Integer> compression, boolean opaque,
		Optional<ImageSize> size, Fit fit) {

	/** Whatever the provider makes. */
	public static final Output ANY = new Output(Optional.empty(), true, Optional.empty(), false, Optional.empty(),
			Fit.NEAREST);

	/** Whether it is foreseeable that the gateway has to decode and encode. */
	public boolean needsWork() {
		return !this.byProvider || this.compression.isPresent() || this.opaque || exactSize().isPresent();
	}

	/** The dimensions that pictures are brought to. */
	public Optional<ImageSize> exactSize() {
		return (this.fit == Fit.NEAREST) ? Optional.empty() : this.size;
	}

	/** What is done when the provider could only come near a size. */
	public enum Fit {

		/** It is delivered as it is, with a warning. */
		NEAREST("nearest"),
		/** It is scaled until it covers the size, and the rest is cut off evenly. */
		EXACT_CROP("exact-crop"),
		/** It is scaled until it fits into the size, and the rest is filled up. */
		EXACT_PAD("exact-pad");

		private final String key;

		Fit(String key) {
			this.key = key;
		}

		/** The word for it on the wire. */
		public String key() {
			return this.key;
		}

		public static Optional<Fit> named(String name) {
			return Arrays.stream(values()).filter(fit -> fit.key.equalsIgnoreCase(name)).findFirst();
		}

	}

}
