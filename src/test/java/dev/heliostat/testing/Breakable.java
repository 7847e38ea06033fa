package dev.heliostat.testing;

/**
 * A process that a test may break at any time, and make whole again.
 */
public interface Breakable {

	/** What it is, for people. */
	String name();

	/** Ends it without a word, as a power cut does. */
	void down();

	/** Starts it again on what it left behind; returns when it works. */
	void up();

}
