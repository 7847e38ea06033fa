package dev.heliostat.access;

import java.time.Duration;
import java.util.Map;

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

	/** Limits of keys that have none of their own. */
	Rates eachKey();

	/** Limits of projects that have none of their own. */
	Rates eachProject();

	/** Those of keys, by their ids. */
	Map<String, Rates> keys();

	/** Those of projects, by their ids. */
	Map<String, Rates> projects();

}
