package dev.heliostat.console;

import java.util.List;

/**
 * The gallery of a model as a page shows it.
 *
 * @param shown what people have published, youngest first
 * @param examples the catalog's prompts
 * @param next where older ones are; empty where there are none
 * @param first whether these are the youngest
 */
record GalleryView(List<Shown> shown, List<Example> examples, String next, boolean first) {

	/** Of a page that has none. */
	static final GalleryView NONE = new GalleryView(List.of(), List.of(), "", true);

	/**
	 * A published generation.
	 *
	 * @param id its id
	 * @param prompt what it was made of; empty where that is not shown
	 * @param when since when it is shown
	 * @param sandbox whether the sandbox drew it
	 * @param own whether it is the visitor's
	 * @param pictures its pictures
	 */
	record Shown(String id, String prompt, String when, boolean sandbox, boolean own, List<Picture> pictures) {
	}

	/** A published picture. */
	record Picture(String url, int width, int height) {
	}

	/**
	 * A prompt to begin with.
	 *
	 * @param prompt the prompt
	 * @param preview where the sandbox's stand-in is; empty where real pictures are shown
	 */
	record Example(String prompt, String preview) {
	}

	public boolean isEmpty() {
		return this.shown.isEmpty() && this.examples.isEmpty();
	}

}
