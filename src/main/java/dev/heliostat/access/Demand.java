package dev.heliostat.access;

import java.util.List;
import java.util.Map;

/**
 * What a request asks of its caller's limits.
 *
 * @param limits how much in a time
 * @param atOnce how many generations under way, by owner
 * @param images how many pictures it makes
 * @param megapixels how large they are in all
 */
record Demand(List<Limit> limits, Map<String, Integer> atOnce, int images, double megapixels) {

	/** How much of a limit it takes. */
	double of(Limit limit) {
		return limit.what().of(this.images, this.megapixels);
	}

	/** The limits that only count what is made: what makes nothing gets them back. */
	List<Limit> ofPictures() {
		return this.limits.stream().filter(limit -> limit.what() != Limit.What.REQUESTS).toList();
	}

	static String message(Limit limit) {
		return limit.whose() + " may ask for " + limit.words() + ", and has done so.";
	}

	static String message(Map.Entry<String, Integer> atOnce) {
		return (atOnce.getKey().startsWith("key ") ? "This key" : "This project") + " may have " + atOnce.getValue()
				+ " generations under way at once, and has them.";
	}

}
