package dev.heliostat.e2e;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.TrickyUrl;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * URLs that lead where they should not, at each of the three doors through which they
 * come: a client's picture, a client's webhook, a provider's result.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrickyUrlsTest {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final AtomicReference<String> result = new AtomicReference<>("");

	private DisposableServer provider;

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.provider = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.handle((request, response) -> request.receive()
				.then(response.header("content-type", "application/json")
					.sendString(Mono.fromSupplier(() -> JSON.writeValueAsString(answer())))
					.then()))
			.bindNow();
		this.gateway = Gateway.start("--heliostat.providers.together.base-url=http://127.0.0.1:" + this.provider.port(),
				"--heliostat.providers.together.api-key=together-key-of-the-tests");
	}

	private ObjectNode answer() {
		ObjectNode answer = JsonNodeFactory.instance.objectNode();
		answer.putArray("data").addObject().put("index", 0).put("url", this.result.get());
		return answer;
	}

	@AfterAll
	void stop() {
		// While the event loops are there that both share.
		this.provider.disposeNow();
		this.gateway.close();
	}

	static List<TrickyUrl> urls() {
		return TrickyUrl.all().stream().filter(TrickyUrl::isRefused).toList();
	}

	private Answer send(String path, String name, String url) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		body.put("model", "together/flux.1-schnell").put("prompt", "A cat").put(name, url);
		return this.gateway.post("/openai/v1/images/" + path, Gateway.LIVE_KEY, JSON.writeValueAsString(body));
	}

	@ParameterizedTest
	@MethodSource("urls")
	void noDoorLetsThemThrough(TrickyUrl tricky) {
		Answer edit = send("edits", "image_url", tricky.url());
		assertThat(edit.status()).as(edit.text()).isEqualTo(400);
		assertThat(edit.json().at("/error/param").asString()).isEqualTo("image");

		this.result.set("");
		Answer webhook = send("generations", "webhook_url", tricky.url());
		assertThat(webhook.status()).as(webhook.text()).isEqualTo(400);
		assertThat(webhook.json().at("/error/param").asString()).isEqualTo("webhook_url");

		// A provider's URL without a host lies under its own origin.
		if (!tricky.url().matches("(?i)[a-z0-9]+:.*") || tricky.url().matches("https:[^/].*")) {
			return;
		}
		this.result.set(tricky.url());
		Answer answer = send("generations", "user", "somebody");
		assertThat(answer.status()).as(answer.text()).isEqualTo(502);
		assertThat(answer.json().at("/error/code").asString()).isEqualTo("outcome_unknown");
		assertThat(answer.text()).doesNotContain("127.0.0.1");
	}

}
