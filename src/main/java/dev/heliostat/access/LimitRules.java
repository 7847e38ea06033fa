package dev.heliostat.access;

import java.time.Duration;

/**
 * Which limits are in force for whom.
 */
interface LimitRules {

	/** How long a request may wait for its turn. */
	Duration patience();

	/** Whether nobody is limited. */
	boolean isEmpty();

	Rates ofKey(String id);

	Rates ofProject(String id);

}
