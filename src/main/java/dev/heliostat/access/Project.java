package dev.heliostat.access;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What budgets, limits and keys belong to.
 *
 * @param id its id, chosen or made
 * @param name its name for people
 * @param scope what all of its keys may use
 * @param tags the operator's own words about it
 * @param limits how fast its keys together may ask; empty where configuration alone says
 * so
 * @param retention how long what its requests hold is kept
 * @param version counts its changes
 * @param createdAt when it was made
 * @param archivedAt when it was archived: its keys are refused since
 */
public record Project(String id, String name, Scope scope, Map<String, String> tags, Optional<Rates> limits,
		Retention retention, long version, Instant createdAt, Optional<Instant> archivedAt) {

	/** The project that exists from the first start, and cannot be archived. */
	public static final String DEFAULT = "default";

	public Project {
		tags = Map.copyOf(tags);
	}

}
