package dev.heliostat.access;

import java.util.Optional;

import reactor.core.publisher.Mono;

/**
 * Finds out who asks.
 */
public interface Callers {

	/**
	 * Resolves an {@code Authorization} header.
	 * @param authorization the header's value, empty when it was not sent
	 * @return the caller; fails with {@code GatewayError.InvalidKey}
	 */
	Mono<Caller> authenticate(Optional<String> authorization);

}
