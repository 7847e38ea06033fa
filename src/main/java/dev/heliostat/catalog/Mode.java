package dev.heliostat.catalog;

import java.math.BigDecimal;
import java.util.Map;

import tools.jackson.databind.node.ObjectNode;

/**
 * How an offering does one of the things that it can do: everything that the files of its
 * provider and its model say of it, laid over each other.
 *
 * @param protocol the adapter that speaks the wire format
 * @param providerModel the provider's own model id; may hold slashes
 * @param parameters rules by client parameter name
 * @param fixed what is always sent, laid under the parameters
 * @param wire how a request travels and how the answer is read
 */
public record Mode(String protocol, String providerModel, Map<String, ParameterRule> parameters, ObjectNode fixed,
		Wire wire) {

	/**
	 * The number of pictures that one submission can make: 1 when {@code n} has to be
	 * emulated, and where unfinished looks come: they do not say of which picture they
	 * are.
	 * @param partials how many looks are wanted
	 */
	public int nativeCount(int partials) {
		if (partials > 0 && this.wire.stream().isPresent()) {
			return 1;
		}
		ParameterRule rule = this.parameters.get("n");
		if (rule == null) {
			return 1;
		}
		return switch (rule.kind()) {
			case PASS, RENAME -> rule.maximum().map(BigDecimal::intValueExact).orElse(1);
			case CONVERT, EMULATE, REJECT -> 1;
		};
	}

}
