package dev.heliostat.catalog;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds what somebody probably meant: the candidate with the smallest edit distance, if
 * it is small.
 */
final class NearestName {

	private NearestName() {
	}

	static Optional<String> among(Collection<String> candidates, String name) {
		String wanted = name.toLowerCase(Locale.ROOT);
		int limit = Math.max(2, wanted.length() / 3);
		int best = limit + 1;
		Optional<String> nearest = Optional.empty();
		for (String candidate : candidates) {
			if (Math.abs(candidate.length() - wanted.length()) < best) {
				int distance = distance(wanted, candidate, best);
				if (distance < best) {
					best = distance;
					nearest = Optional.of(candidate);
				}
			}
		}
		return nearest;
	}

	/**
	 * Levenshtein's distance by rows, ended early where it cannot come below the limit.
	 */
	private static int distance(String a, String b, int limit) {
		int[] previous = new int[b.length() + 1];
		int[] current = new int[b.length() + 1];
		for (int j = 0; j <= b.length(); j++) {
			previous[j] = j;
		}
		for (int i = 1; i <= a.length(); i++) {
			current[0] = i;
			int smallest = i;
			for (int j = 1; j <= b.length(); j++) {
				int substitution = previous[j - 1] + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
				current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
				smallest = Math.min(smallest, current[j]);
			}
			if (smallest >= limit) {
				return limit;
			}
			int[] swap = previous;
			previous = current;
			current = swap;
		}
		return previous[b.length()];
	}

}
