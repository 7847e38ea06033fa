package dev.heliostat.provider;

import io.netty.handler.codec.http.HttpHeaders;
import reactor.core.publisher.Mono;

/**
 * A credential that is another one for each request, or does not last.
 */
interface Signature {

	/** The headers that let a request pass. */
	Mono<HttpHeaders> sign(Endpoint endpoint, UpstreamBody body);

}
