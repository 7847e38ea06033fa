package dev.heliostat.generation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A generation whose owner shows, or has shown, its pictures in the gallery of its model.
 *
 * @param generation its id
 * @param model the model's slug
 * @param keyId whose it is
 * @param project the owner's project
 * @param prompt what it was made of, where the owner wants that shown
 * @param state whether it is shown
 * @param sandbox whether the sandbox drew it
 * @param publishedAt since when
 * @param pictures the pictures that are kept for it; empty where it is not shown
 */
public record Publication(String generation, String model, String keyId, String project, Optional<String> prompt,
		State state, boolean sandbox, Instant publishedAt, List<Picture> pictures) {

	public Publication {
		pictures = List.copyOf(pictures);
	}

	/** Whether it is shown. */
	public enum State {

		/** Everybody who may see the model sees it. */
		PUBLISHED,
		/** Its owner took it back. */
		WITHDRAWN,
		/** An operator removed it for good. */
		FORBIDDEN

	}

	/**
	 * A published picture.
	 *
	 * @param media what the media store calls it
	 * @param width its width
	 * @param height its height
	 */
	public record Picture(String media, int width, int height) {
	}

	/** Whether anybody sees it. */
	public boolean isShown() {
		return this.state == State.PUBLISHED && !this.pictures.isEmpty();
	}

	/** Whether it may never be shown again. */
	public boolean isForbidden() {
		return this.state == State.FORBIDDEN;
	}

}
