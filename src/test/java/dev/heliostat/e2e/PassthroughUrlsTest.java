package dev.heliostat.e2e;

import java.net.http.HttpRequest.BodyPublishers;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the operator wants it, clients that want URLs get the providers' own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PassthroughUrlsTest {

	private static final String MODEL = "openai/gpt-image-2";

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private final OpenAiSimulator openAi = new OpenAiSimulator(0);

	private Gateway gateway;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi,
				"--heliostat.media.passthrough-urls=true", "--heliostat.egress.allow=127.0.0.0/8,::1/128"));
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.replicate.close();
		this.openAi.close();
	}

	@BeforeEach
	void clear() {
		this.replicate.clear();
		this.openAi.clear();
	}

	private Answer send(String body, String... headers) {
		var request = this.gateway.request("/v1/images/generations", Gateway.LIVE_KEY)
			.header("content-type", "application/json")
			.POST(BodyPublishers.ofString(body));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return this.gateway.send(request);
	}

	private long downloads() {
		return this.openAi.log().stream().filter(each -> each.path().startsWith("/files/")).count()
				+ this.replicate.log().stream().filter(each -> each.path().contains("/files/")).count();
	}

	@Test
	void theProvidersUrlIsHandedOutAndNothingIsFetched() {
		String body = Requests.of(MODEL, "far away [[fake: url]]", "\"response_format\": \"url\"",
				"\"size\": \"1024x1024\"");
		Answer answer = send(body, "idempotency-key", "far");
		JsonNode json = answer.json();
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		String url = json.at("/data/0/url").asString();
		assertThat(url).endsWith("/files/1.png").startsWith("http://127.0.0.1:");
		assertThat(json.at("/data/0/revised_prompt").asString()).isEqualTo("A more detailed prompt");
		assertThat(json.has("size")).isFalse();
		assertThat(json.has("output_format")).isFalse();
		assertThat(json.at("/metadata/cost_micros").asLong()).isPositive();
		assertThat(this.gateway.get("/generations/" + json.at("/metadata/id").asString(), Gateway.LIVE_KEY).text())
			.contains("The picture is at its provider")
			.doesNotContain("<img src=\"http", "0 × 0");

		JsonNode again = send(body, "idempotency-key", "far").json();
		assertThat(again.at("/data/0/url").asString()).isEqualTo(url);
		String id = json.at("/metadata/id").asString();
		assertThat(
				this.gateway.get("/v1/generations/" + id, Gateway.LIVE_KEY).json().at("/result/data/0/url").asString())
			.isEqualTo(url);
		assertThat(downloads()).isZero();
		assertThat(kept(id)).isZero();

		this.gateway.bean(JdbcClient.class)
			.sql("update generation set finished_at = finished_at - 3601000 where id = :id")
			.param("id", id)
			.update();
		assertThat(send(body, "idempotency-key", "far").status()).isEqualTo(410);
		assertThat(this.openAi.submissions()).hasSize(1);
	}

	@Test
	void jobsHandOutTheirUrlsToo() {
		Answer answer = send(Requests.of(Requests.MODEL, "a job", "\"response_format\": \"url\""));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		assertThat(answer.json().at("/data/0/url").asString()).doesNotContain("/media/");
		assertThat(answer.json().at("/metadata/cost_micros").asLong()).isEqualTo(40_000);
		assertThat(downloads()).isZero();
	}

	@Test
	void anOwnerDeletesAUrl() {
		String body = Requests.of(MODEL, "unwanted [[fake: url]]", "\"response_format\": \"url\"");
		String id = send(body, "idempotency-key", "unwanted").json().at("/metadata/id").asString();
		assertThat(
				this.gateway.send(this.gateway.request("/v1/generations/" + id + "/media", Gateway.LIVE_KEY).DELETE())
					.status())
			.isEqualTo(204);
		assertThat(send(body, "idempotency-key", "unwanted").status()).isEqualTo(410);
	}

	@Test
	void bytesAreFetchedWhereTheyAreWanted() {
		Answer text = send(Requests.of(MODEL, "as text [[fake: url]]", "\"response_format\": \"b64_json\""));
		assertThat(text.json().at("/data/0/b64_json").asString()).as(text.text()).startsWith("iVBOR");
		assertThat(downloads()).isEqualTo(1);
		Answer raw = send(Requests.of(MODEL, "raw [[fake: url]]", "\"response_format\": \"url\""), "accept",
				"image/png");
		assertThat(raw.header("content-type")).isEqualTo("image/png");
		assertThat(downloads()).isEqualTo(2);
		Answer fitted = send(
				Requests.of(MODEL, "fitted [[fake: url]]", "\"response_format\": \"url\"", "\"size\": \"1024x1024\""),
				"x-heliostat-fit", "exact-crop");
		assertThat(fitted.json().at("/data/0/url").asString()).as(fitted.text()).contains("/media/");
		assertThat(fitted.json().at("/size").asString()).isEqualTo("1024x1024");
		assertThat(downloads()).isEqualTo(3);
		Answer stream = send(
				Requests.of(MODEL, "streamed [[fake: url]]", "\"response_format\": \"url\"", "\"stream\": true"));
		assertThat(stream.text()).contains("image_generation.completed").contains("\"b64_json\":\"iVBOR");
		assertThat(downloads()).isEqualTo(4);
	}

	private long kept(String generation) {
		return this.gateway.bean(JdbcClient.class)
			.sql("select count(*) from media where generation = :id")
			.param("id", generation)
			.query(Long.class)
			.single();
	}

}
