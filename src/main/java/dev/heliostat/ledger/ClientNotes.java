package dev.heliostat.ledger;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client says of its request for its own accounts. The gateway reads nothing into
 * it.
 *
 * @param session the client's session
 * @param traceparent the trace that the request belongs to
 * @param tags what usage is added up by
 * @param metadata everything else
 */
public record ClientNotes(Optional<String> session, Optional<String> traceparent, List<String> tags,
		Map<String, String> metadata) {

	/** Of a client that says nothing. */
	public static final ClientNotes NONE = new ClientNotes(Optional.empty(), Optional.empty(), List.of(), Map.of());

	public ClientNotes {
		tags = List.copyOf(tags);
		metadata = Map.copyOf(metadata);
	}

}
