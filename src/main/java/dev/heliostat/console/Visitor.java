package dev.heliostat.console;

import java.util.Optional;

import dev.heliostat.access.Caller;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Who looks at a page.
 *
 * @param caller whose key the browser signed in with; empty for anybody else
 * @param token what the forms of the page bring along, to show that they are its own
 */
record Visitor(Optional<Caller> caller, String token) {

	private static final String ATTRIBUTE = "heliostat.visitor";

	/** Somebody who has not signed in. */
	static final Visitor STRANGER = new Visitor(Optional.empty(), "");

	/** The visitor that the doorkeeper found, or a stranger where nobody looked. */
	static Visitor of(ServerRequest request) {
		return (Visitor) request.attribute(ATTRIBUTE).orElse(STRANGER);
	}

	void enter(ServerRequest request) {
		request.attributes().put(ATTRIBUTE, this);
	}

	public boolean isKnown() {
		return this.caller.isPresent();
	}

	/** Whether the operator's desk is open. */
	public boolean isAdmin() {
		return this.caller.filter(known -> known.kind() == Caller.Kind.ADMIN).isPresent();
	}

	/** Whether pictures can be made. */
	public boolean isMaker() {
		return this.caller.filter(known -> known.kind() != Caller.Kind.ADMIN).isPresent();
	}

	/** Whether pictures cost nothing. */
	public boolean isTest() {
		return this.caller.filter(known -> known.kind() == Caller.Kind.TEST).isPresent();
	}

	/** Why the key may not use a part of the API; empty where it may. */
	Optional<GatewayException> refusal(String endpoint) {
		return this.caller.filter(known -> !known.mayUseEndpoint(endpoint))
			.map(known -> new GatewayError.KeyNotAllowed("This key may not use '" + endpoint
					+ "'. The operator can permit it in the endpoints of its scopes.")
				.asException());
	}

	/** Whether the key may use a part of the API. */
	public boolean mayUse(String endpoint) {
		return refusal(endpoint).isEmpty();
	}

	/** Whether a model is shown. */
	boolean maySee(String slug) {
		return this.caller.map(known -> known.mayUseModel(slug)).orElse(true);
	}

}
