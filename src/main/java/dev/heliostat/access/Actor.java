package dev.heliostat.access;

/**
 * Who changes something.
 *
 * @param id the id of a key, or what else it was
 * @param request the id of the request that brought the change; empty for none
 */
public record Actor(String id, String request) {

	/** The gateway itself, when it starts. */
	static final Actor START = new Actor("start", "");

}
