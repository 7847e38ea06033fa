package dev.heliostat.e2e;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What operators and owners are told of generations and usage, on whatever database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LedgerReportsContract {

	private final ReplicateSimulator replicate = new ReplicateSimulator(0);

	private final OpenAiSimulator openAi = new OpenAiSimulator(0);

	private Gateway gateway;

	private String served;

	/** Arguments that choose the database. */
	protected abstract List<String> database();

	@BeforeAll
	void start() {
		this.gateway = Gateway.start(Gateway.behind(this.replicate, this.openAi, database().toArray(String[]::new)));
		Gateway.Answer answer = this.gateway
			.send(this.gateway.request("/openai/v1/images/generations", Gateway.LIVE_KEY)
				.header("content-type", "application/json")
				.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
				.header("x-heliostat-tags", "env=prod")
				.POST(java.net.http.HttpRequest.BodyPublishers.ofString(Requests.of(Requests.MODEL, "A cat", """
						"metadata": {"tags": ["team=red"], "order": 17, "session_id": "s-1"}"""))));
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		this.served = answer.json().at("/metadata/id").asString();
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, Requests.of("openai/gpt-image-2", "Another cat")).status())
			.isEqualTo(200);
		assertThat(this.gateway.generate(Gateway.LIVE_KEY, Requests.of("openai/gpt-image-2", "[[fake: status=500]]"))
			.status()).isGreaterThanOrEqualTo(400);
		assertThat(this.gateway.generate(Gateway.TEST_KEY, Requests.of(Requests.MODEL, "A free cat")).status())
			.isEqualTo(200);
	}

	@AfterAll
	void stop() {
		this.gateway.close();
		this.replicate.close();
		this.openAi.close();
	}

	private JsonNode admin(String path) {
		Gateway.Answer answer = this.gateway.get("/admin/v1/" + path, Gateway.ADMIN_KEY);
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		return answer.json();
	}

	private long one(String sql) {
		return this.gateway.bean(JdbcClient.class).sql(sql).query(Long.class).single();
	}

	@Test
	void aRowTellsWhoWhatWhereAndForHowMuch() {
		JsonNode row = admin("generations/" + this.served);
		assertThat(row.path("status").asString()).isEqualTo("succeeded");
		assertThat(row.path("project").asString()).isEqualTo("default");
		assertThat(row.path("model").asString()).isEqualTo(Requests.MODEL);
		assertThat(row.path("offering").asString()).isEqualTo("replicate/" + Requests.MODEL);
		assertThat(row.path("provider").asString()).isEqualTo("replicate");
		assertThat(row.path("cost_micros").asLong()).isEqualTo(40_000);
		assertThat(row.path("quote_micros").asLong()).isEqualTo(40_000);
		assertThat(row.path("billed").asString()).isEqualTo("yes");
		assertThat(row.path("sizes").size()).isEqualTo(1);
		assertThat(row.path("megapixels").asDouble()).isGreaterThan(0);
		assertThat(row.path("session_id").asString()).isEqualTo("s-1");
		assertThat(row.path("traceparent").asString()).startsWith("00-0af7651916cd43dd");
		assertThat(row.path("tags").toString()).isEqualTo("[\"env=prod\",\"team=red\"]");
		assertThat(row.at("/client_metadata/order").asString()).isEqualTo("17");
		JsonNode timings = row.path("timings");
		assertThat(timings.path("total_ms").asLong()).isGreaterThanOrEqualTo(timings.path("provider_ms").asLong());
		assertThat(row.at("/attempts/0/job_id").asString()).isNotBlank();
		assertThat(row.at("/attempts/0/charge_micros").asLong()).isEqualTo(40_000);
		assertThat(row.toString()).doesNotContain("A cat");
	}

	@Test
	void theOwnerSeesTheSameFigures() {
		JsonNode row = this.gateway.get("/openai/v1/generations/" + this.served, Gateway.LIVE_KEY)
			.json()
			.path("metadata");
		assertThat(row.path("cost_micros").asLong()).isEqualTo(40_000);
		assertThat(row.path("session_id").asString()).isEqualTo("s-1");
		assertThat(row.path("executed_model").asString()).startsWith("replicate/");
		assertThat(row.at("/timings/total_ms").isNumber()).isTrue();
		assertThat(row.at("/attempts/0").has("job_id")).isFalse();
	}

	@Test
	void generationsAreFilteredAndPaged() {
		assertThat(admin("generations").path("data").size()).isEqualTo(4);
		assertThat(admin("generations?provider=openai").path("data").size()).isEqualTo(2);
		assertThat(admin("generations?provider=sandbox").path("data").size()).isEqualTo(1);
		assertThat(admin("generations?status=failed").path("data").size()).isEqualTo(1);
		assertThat(admin("generations?status=succeeded&model=gpt-image-2").path("data").size()).isEqualTo(1);
		assertThat(admin("generations?project=default").path("data").size()).isEqualTo(4);
		assertThat(admin("generations?project=nobody").path("data").size()).isZero();
		String today = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
		assertThat(admin("generations?from=" + today).path("data").size()).isEqualTo(4);
		assertThat(admin("generations?to=" + today).path("data").size()).isZero();
		String key = admin("generations/" + this.served).path("key").asString();
		for (String filter : List.of("", "&key=" + key, "&project=default")) {
			String after = "";
			int seen = 0;
			boolean more = true;
			while (more) {
				JsonNode page = admin("generations?limit=1" + filter + after);
				seen += page.path("data").size();
				more = page.path("has_more").asBoolean();
				after = "&after=" + page.path("last_id").asString();
			}
			assertThat(seen).as(filter).isEqualTo(filter.startsWith("&key") ? 3 : 4);
		}
	}

	@Test
	void usageAddsUpByAnything() {
		JsonNode all = admin("usage");
		assertThat(all.path("data").size()).isEqualTo(1);
		JsonNode total = all.at("/data/0");
		assertThat(total.path("requests").asLong()).isEqualTo(4);
		assertThat(total.path("failures").asLong()).isEqualTo(1);
		assertThat(total.path("images").asLong()).isEqualTo(3);
		assertThat(total.path("megapixels").asDouble()).isGreaterThan(2);
		assertThat(total.path("output_tokens").asLong()).isGreaterThan(0);
		assertThat(total.path("cost_micros").asLong()).isEqualTo(one("select sum(charged_micros) from generation"))
			.isGreaterThan(40_000);
		JsonNode providers = admin("usage?group_by=provider").path("data");
		assertThat(providers.valueStream().map(line -> line.path("provider").asString())).containsExactly("openai",
				"replicate", "sandbox");
		JsonNode everything = admin("usage?group_by=project,key,model,provider,day").path("data");
		assertThat(everything.size()).isEqualTo(3);
		assertThat(everything.valueStream().mapToLong(line -> line.path("cost_micros").asLong()).sum())
			.isEqualTo(total.path("cost_micros").asLong());
		assertThat(everything.at("/0/day").asString()).matches("\\d{4}-\\d{2}-\\d{2}");
		JsonNode tags = admin("usage?group_by=tag,model").path("data");
		assertThat(tags.valueStream().map(line -> line.path("tag").asString())).containsExactly("env=prod", "team=red");
		assertThat(tags.at("/1/cost_micros").asLong()).isEqualTo(40_000);
		assertThat(admin("usage?group_by=model&model=gpt-image-2").path("data").size()).isEqualTo(1);
		assertThat(admin("usage?to=2020-01-01&from=2019-01-01").path("data").toString()).doesNotContain("model");
	}

	@Test
	void tablesAndLinesAreExported() {
		Gateway.Answer csv = this.gateway.get("/admin/v1/usage?group_by=model,provider&format=csv", Gateway.ADMIN_KEY);
		assertThat(csv.header("content-type")).startsWith("text/csv");
		assertThat(csv.text().lines().toList()).hasSize(4)
			.first()
			.isEqualTo("model,provider,requests,failures,attempts,images,megapixels,input_tokens,output_tokens,"
					+ "cost_micros,maybe_cost_micros");
		Gateway.Answer generations = this.gateway
			.send(this.gateway.request("/admin/v1/generations", Gateway.ADMIN_KEY).header("accept", "text/csv").GET());
		assertThat(generations.text().lines().toList()).hasSize(5);
		assertThat(generations.text()).contains(this.served).contains("env=prod team=red");
		Gateway.Answer lines = this.gateway.get("/admin/v1/generations?format=jsonl", Gateway.ADMIN_KEY);
		assertThat(lines.text().lines().toList()).hasSize(4).allMatch(line -> line.startsWith("{\"id\":\"gen_"));
	}

	@Test
	void whatIsAskedWronglyIsSaid() {
		for (String query : List.of("usage?group_by=colour", "usage?from=yesterday", "usage?status=failed",
				"usage?format=xml", "generations?status=odd", "generations?limit=0", "generations?who=me",
				"generations?from=2026-02-01&to=2026-01-01")) {
			Gateway.Answer answer = this.gateway.get("/admin/v1/" + query, Gateway.ADMIN_KEY);
			assertThat(answer.status()).as(query).isEqualTo(400);
			assertThat(answer.json().at("/error/message").asString()).contains("expected");
		}
		assertThat(this.gateway.get("/admin/v1/generations/gen_none", Gateway.ADMIN_KEY).status()).isEqualTo(404);
		assertThat(this.gateway.get("/admin/v1/usage", Gateway.LIVE_KEY).status()).isEqualTo(403);
	}

	@Test
	void notesAreBounded() {
		long before = one("select count(*) from generation");
		for (String metadata : List.of("\"red\"", "{\"a\": {\"b\": 1}}", "{\"a\": \"" + "x".repeat(513) + "\"}",
				"{\"tags\": [\"" + "x".repeat(65) + "\"]}", "{\"tags\": \"a,b,c,d,e,f,g,h,i\"}",
				"{\"a\": \"line\\nbreak\"}")) {
			Gateway.Answer answer = this.gateway.generate(Gateway.LIVE_KEY,
					Requests.of(Requests.MODEL, "A cat", "\"metadata\": " + metadata));
			assertThat(answer.status()).as(metadata).isEqualTo(400);
			assertThat(answer.json().at("/error/param").asString()).startsWith("metadata");
		}
		assertThat(one("select count(*) from generation")).isEqualTo(before);
	}

}
