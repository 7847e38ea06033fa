package dev.heliostat.image;

import reactor.core.publisher.Mono;

/**
 * One offering, ready to be called: its endpoint, credential and wire format are behind
 * it.
 */
@FunctionalInterface
public interface ImageProvider {

	/**
	 * Submits a call and follows it to its end. Ends with a result, or with a
	 * {@link ProviderException} that says what went wrong and whether it is billed; any
	 * other error is a defect and counts as billed maybe.
	 */
	Mono<ProviderResult> generate(ProviderCall call);

}
