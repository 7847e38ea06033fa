package dev.heliostat.simulator;

import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * An OpenAI-shaped provider that answers everything at once with the same small picture,
 * and only counts: for load.
 */
public final class FastUpstream implements AutoCloseable {

	private static final String ANSWER = "{\"created\":1,\"data\":[{\"b64_json\":\""
			+ Base64.getEncoder().encodeToString(TestPictures.picture(32, 32, "png"))
			+ "\"}],\"usage\":{\"input_tokens\":10,\"output_tokens\":100,\"total_tokens\":110}}";

	private final AtomicLong connections = new AtomicLong();

	private final AtomicLong hits = new AtomicLong();

	private final DisposableServer server = HttpServer.create()
		.host("127.0.0.1")
		.port(0)
		.doOnChannelInit((observer, channel, address) -> this.connections.incrementAndGet())
		.handle((request, response) -> {
			this.hits.incrementAndGet();
			return request.receive()
				.then(response.header("content-type", "application/json").sendString(Mono.just(ANSWER)).then());
		})
		.bindNow();

	public String baseUrl() {
		return "http://127.0.0.1:" + this.server.port() + "/v1";
	}

	/** How many connections were made to it. */
	public long connections() {
		return this.connections.get();
	}

	/** How many requests it got. */
	public long hits() {
		return this.hits.get();
	}

	@Override
	public void close() {
		this.server.disposeNow();
	}

}
