package dev.heliostat.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.heliostat.catalog.Catalogs;
import dev.heliostat.ledger.LedgerRows;
import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.PostgresServer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How long pages take with the whole catalog and a million generations of thirty days,
 * one request after the other, through a socket. Not a test, and run by name only:
 * {@code mvn test -Dtest=ConsoleBench}; {@code -Dbench.rows=50000} for fewer.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class ConsoleBench {

	private static final int ROWS = Integer.getInteger("bench.rows", LedgerRows.MANY);

	private static final int WARM_UP = Integer.getInteger("bench.warm-up", 60);

	private static final int TIMES = Integer.getInteger("bench.times", 200);

	private static final double GOAL = 50;

	private static final String MODEL = "/models/stability-ai/stable-diffusion-3.5-large-turbo";

	private final Instant now = Instant.now();

	@ParameterizedTest
	@ValueSource(strings = { "sqlite", "postgresql" })
	void pages(String engine) {
		List<String> arguments = new ArrayList<>(engine.equals("sqlite") ? List.of() : PostgresServer.freshDatabase());
		// Whoever is configured can be planned for: the more, the more a page computes.
		for (String provider : List.of("openai", "replicate", "fal", "together", "fireworks", "bfl", "stability",
				"deepinfra", "xai", "ideogram", "recraft", "runware", "wavespeed", "openrouter", "nanogpt", "gemini")) {
			arguments.add("--heliostat.providers." + provider + ".api-key=a-key-of-the-tests");
		}
		try (Gateway gateway = Gateway.start(arguments.toArray(String[]::new))) {
			LedgerRows.fill(gateway, engine, ROWS, this.now);
			JdbcClient jdbc = gateway.bean(JdbcClient.class);
			String live = live(gateway);
			fill(jdbc, live);
			Catalogs catalogs = gateway.bean(Catalogs.class);
			System.out.printf("%s: %d models, %d providers with a key%n", engine, catalogs.current().models().size(),
					arguments.stream().filter(argument -> argument.contains(".api-key=")).count());
			measure(gateway, engine, jdbc, live);
		}
	}

	private static String live(Gateway gateway) {
		return gateway.get("/admin/v1/keys?kind=live", Gateway.ADMIN_KEY).json().at("/data/0/id").asString();
	}

	/** What else pages list, and an owner and models that pages know. */
	private static void fill(JdbcClient jdbc, String live) {
		String shown = MODEL.substring(MODEL.lastIndexOf('/') + 1);
		jdbc.sql("update generation set key_id = :live, project = 'default' where key_id = 'key_17'")
			.param("live", live)
			.update();
		jdbc.sql("update generation set model = :model, attempts = replace(attempts, 'model-7', :model) "
				+ "where model = 'model-7'")
			.param("model", shown)
			.update();
		String numbers = "with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < %d) ";
		jdbc.sql(numbers.formatted(200)
				+ "insert into project (id, name, created_at) select 'project_' || i, 'Project ' || i, i from n")
			.update();
		jdbc.sql(numbers.formatted(1000)
				+ "insert into access_key (id, hash, kind, project, name, last_four, created_at) select 'key_' || i, "
				+ "'hash ' || i, 'LIVE', 'project_' || (i % 200 + 1), 'Key ' || i, 'abcd', i from n")
			.update();
		jdbc.sql(numbers.formatted(200)
				+ "insert into budget (id, owner_kind, owner, end_user, measure, period, zone, amount, hard, warn_percent, "
				+ "created_at, version) select 'budget_' || i, 'project', 'project_' || i, '', 'usd_micros', 'month', 'UTC', "
				+ "25000000, 1, 80, i, 1 from n")
			.update();
		jdbc.sql("update revision set number = number + 1").update();
		jdbc.sql(numbers.formatted(100_000)
				+ "insert into audit (seq, at, actor, request, action, target, before_change, after_change, previous_hash, "
				+ "hash) select -i, i, 'key_' || (i % 9), 'req_' || i, 'key.update', 'key_' || (i % 1000), '{}', '{}', '', '' "
				+ "from n")
			.update();
		jdbc.sql("insert into webhook (generation, project, url, created_at, due_at, tries) "
				+ "select id, project, 'sealed', created_at, null, 1 from generation where error_code is not null")
			.update();
		jdbc.sql("insert into webhook_delivery (generation, tried_at, status, outcome) "
				+ "select generation, created_at, 200, 'delivered' from webhook")
			.update();
		jdbc.sql(numbers.formatted(50_000)
				+ "insert into arena_duel (id, key_id, project, created_at, left_model, right_model, left_generation, "
				+ "right_generation, vote, voted_at, left_provider, right_provider, left_micros, right_micros, left_millis, "
				+ "right_millis, sandbox) select 'duel_' || i, 'key_' || (i % 1000), case when i % 2 = 0 then 'default' else "
				+ "'project_' || (i % 200) end, i, 'model-' || (i % 7), 'model-' || (i % 11 + 20), '', '', case i % 3 when 0 "
				+ "then 'LEFT' when 1 then 'RIGHT' else 'TIE' end, i, 'fal', 'bfl', 40000, 30000, 4000, 3000, 0 from n")
			.update();
		jdbc.sql(numbers.formatted(1000)
				+ "insert into publication (generation, model, key_id, project, prompt, state, sandbox, published_at) "
				+ "select 'gen_p' || i, :model, :live, 'default', 'A mountain', 'PUBLISHED', 0, i from n")
			.param("model", shown)
			.param("live", live)
			.update();
		jdbc.sql(numbers.formatted(1000)
				+ "insert into publication_picture (generation, picture, media) select 'gen_p' || i, 0, 'media' || i from n")
			.update();
		jdbc.sql(numbers.formatted(1000)
				+ "insert into media (id, sha256, type, bytes, width, height, key_id, project, generation, created_at, "
				+ "expires_at) select 'media' || i, 'sha', 'PNG', 1000, 1024, 1024, :live, 'default', 'gen_p' || i, 1, "
				+ "99999999999999 from n")
			.param("live", live)
			.update();
		jdbc.sql("analyze").update();
	}

	private void measure(Gateway gateway, String engine, JdbcClient jdbc, String live) {
		String any = jdbc.sql("select max(id) from generation where key_id = :live")
			.param("live", live)
			.query(String.class)
			.single();
		String message = jdbc.sql("select max(generation) from webhook").query(String.class).single();
		Browser admin = Browser.signedIn(gateway, Gateway.ADMIN_KEY);
		Browser maker = Browser.signedIn(gateway, Gateway.LIVE_KEY);
		Browser tester = Browser.signedIn(gateway, Gateway.TEST_KEY);
		// What all pages share is compiled first.
		for (int i = 0; i < 3 * WARM_UP; i++) {
			maker.get("/models", "accept-encoding", "gzip");
		}
		String edit = "/playground?model=gpt-image-2&mode=edit";
		Map<String, double[]> over = new LinkedHashMap<>();
		for (String path : List.of("/models", "/models?q=turbo&sort=price", MODEL, MODEL + "/about",
				MODEL + "/providers", MODEL + "/api", MODEL + "/benchmarks", MODEL + "/use-cases", MODEL + "/gallery",
				MODEL + ".md", "/llms.txt", "/playground", edit, "/arena", "/generations", "/generations/" + any,
				"/generations/" + any + "/state", "/balance", "/docs", "/docs/api")) {
			measure(engine, "live", maker, path, over);
		}
		measure(engine, "test", tester, "/arena", over);
		measure(engine, "test", tester, "/playground", over);
		for (String path : List.of("/desk", "/desk/generations", "/desk/generations?status=failed",
				"/desk/generations?model=model-8&provider=openai", "/desk/generations?project=project_3&status=failed",
				"/desk/generations?key=key_12", "/desk/generations/" + any, "/desk/usage",
				"/desk/usage?group_by=day&group_by=provider", "/desk/usage?group_by=model,key", "/desk/keys",
				"/desk/keys/key_900", "/desk/keys/new", "/desk/projects", "/desk/projects/default", "/desk/budgets",
				"/desk/budgets/budget_100", "/desk/providers", "/desk/providers/openai", "/desk/catalog",
				"/desk/explain", "/desk/webhooks", "/desk/webhooks/" + message, "/desk/store", "/desk/audit",
				"/desk/audit?target=key_9", "/arena")) {
			measure(engine, "admin", admin, path, over);
		}
		System.out.printf("%s: %d pages above %.0f ms at p95%n", engine, over.size(), GOAL);
		over.forEach((path, times) -> System.out.printf("%s:   %-60s p50 %6.1f  p95 %6.1f%n", engine, path, times[0],
				times[1]));
	}

	private static void measure(String engine, String who, Browser browser, String path, Map<String, double[]> over) {
		double[] times = new double[TIMES];
		int bytes = 0;
		for (int i = -WARM_UP; i < TIMES; i++) {
			long begin = System.nanoTime();
			Answer answer = browser.get(path, "accept-encoding", "gzip");
			if (answer.status() != 200) {
				System.out.printf("%s: %s answers %d%n", engine, path, answer.status());
				return;
			}
			if (i >= 0) {
				times[i] = (System.nanoTime() - begin) / 1e6;
				bytes = answer.response().body().length;
			}
		}
		Arrays.sort(times);
		double[] found = { times[TIMES / 2], times[TIMES * 95 / 100] };
		System.out.printf("%s: %-5s %-62s p50 %6.1f ms  p95 %6.1f ms  %6d bytes%n", engine, who, path, found[0],
				found[1], bytes);
		if (found[1] > GOAL) {
			over.put(who + " " + path, found);
		}
	}

}
