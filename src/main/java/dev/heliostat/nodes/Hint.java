package dev.heliostat.nodes;

/**
 * What a node tells the others, so that they need not wait until they look by themselves.
 */
public enum Hint {

	/** A key or a project was changed. */
	CALLERS,
	/** A budget was changed. */
	BUDGETS,
	/** A provider was switched on or off. */
	SWITCHES,
	/** A generation has ended; the text is its id. */
	ENDED,
	/** The circuit of an offering has opened; the text is its config key. */
	CIRCUIT_OPENED,
	/** The circuit of an offering has closed; the text is its config key. */
	CIRCUIT_CLOSED

}
