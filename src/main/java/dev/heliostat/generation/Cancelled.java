package dev.heliostat.generation;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.image.GatewayError;

/**
 * The generations of this node that their owners no longer want. What was submitted runs
 * on unless stopping it certainly stops the bill; nothing more is submitted.
 */
final class Cancelled {

	private final Set<String> ids = ConcurrentHashMap.newKeySet();

	void add(String id) {
		this.ids.add(id);
	}

	boolean has(String id) {
		return this.ids.contains(id);
	}

	/** Forgets one that has ended. */
	void remove(String id) {
		this.ids.remove(id);
	}

	static GatewayError error(String id) {
		return new GatewayError.Cancelled("The generation " + id + " was cancelled before there was a picture. "
				+ "What it may have cost is in its metadata.");
	}

}
