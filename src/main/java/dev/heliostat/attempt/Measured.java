package dev.heliostat.attempt;

/**
 * What the latest submissions to an offering were like, as this node has seen them since
 * it started.
 *
 * @param count how many have ended since then
 * @param success the share of the latest ones that brought a picture
 * @param median the time, in seconds, that half of those took at most; 0 where none did
 * @param slow the time that one in twenty of them took longer than
 */
public record Measured(long count, double success, double median, double slow) {

	/** Nothing yet. */
	public static final Measured NOTHING = new Measured(0, 0, 0, 0);

}
