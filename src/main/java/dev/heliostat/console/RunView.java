package dev.heliostat.console;

import java.util.List;

/**
 * A generation as pages show it, in words.
 *
 * @param id its id
 * @param model the model's slug
 * @param modelName the model's name
 * @param mode what was asked for
 * @param status where it stands
 * @param over whether that is its end
 * @param words where it stands, in a sentence
 * @param count how many pictures were asked for
 * @param pictures what it made
 * @param looks of which pictures there are unfinished looks, from 0
 * @param cost what it cost
 * @param maybe what it may have cost besides
 * @param provider who made it
 * @param executed the provider's own model
 * @param seconds how long it took, or has taken so far
 * @param created when it began
 * @param warnings what was changed
 * @param problem why there is no picture
 * @param attempts every submission
 */
record RunView(String id, String model, String modelName, String mode, String status, boolean over, String words,
		int count, List<Picture> pictures, List<Integer> looks, String cost, String maybe, String provider,
		String executed, String seconds, String created, List<String> warnings, String problem,
		List<Attempt> attempts) {

	/** A finished picture. */
	record Picture(String url, String file, int width, int height, String type, String revisedPrompt) {
	}

	/** One submission to one offering. */
	record Attempt(int picture, String provider, String executed, String outcome, String failure, String billed,
			String cost, String seconds, String started, String job) {
	}

}
