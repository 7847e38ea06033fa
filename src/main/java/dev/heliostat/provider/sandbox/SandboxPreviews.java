package dev.heliostat.provider.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.media.PictureCodecs;

/**
 * Small stand-ins for pictures that nobody has made yet, drawn as the sandbox draws: the
 * same bytes for the same model and prompt.
 */
public final class SandboxPreviews {

	/** What they are encoded as. */
	public static final ImageType TYPE = ImageType.JPEG;

	private static final ImageSize SIZE = new ImageSize(320, 240);

	private static final int QUALITY = 70;

	private SandboxPreviews() {
	}

	/** Draws one; takes a few milliseconds of a processor. */
	public static byte[] draw(String model, String prompt) {
		try {
			return PictureCodecs.encode(new SandboxPicture(model, Faults.shown(prompt), SIZE, 0, true).draw(), TYPE,
					QUALITY);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
