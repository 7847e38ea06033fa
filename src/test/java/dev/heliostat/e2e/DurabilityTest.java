package dev.heliostat.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.heliostat.simulator.FastUpstream;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.GatewayProcess;
import dev.heliostat.testing.Requests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that is killed in the middle of its work has written down everything that it
 * answered.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("processes")
class DurabilityTest {

	private static final String BODY = Requests.of("openai/gpt-image-2", "A small cat",
			"\"response_format\": \"b64_json\"");

	private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

	private void loop(GatewayProcess gateway) {
		gateway.generate(BODY).whenComplete((answer, failure) -> {
			if (failure == null) {
				if (answer.statusCode() == 200) {
					this.acknowledged.add(answer.headers().firstValue("x-heliostat-generation").orElseThrow());
				}
				loop(gateway);
			}
		});
	}

	@Test
	void whatWasAnsweredIsInTheFileAfterAKill() {
		Path data = Gateway.temporary();
		try (FastUpstream upstream = new FastUpstream();
				GatewayProcess gateway = GatewayProcess.start(List.of(),
						List.of("--heliostat.data-dir=" + data,
								"--heliostat.providers.openai.base-url=" + upstream.baseUrl(),
								"--heliostat.providers.openai.api-key=" + OpenAiSimulator.TOKEN))) {
			for (int i = 0; i < 24; i++) {
				loop(gateway);
			}
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> this.acknowledged.size() >= 500);
			gateway.kill();
		}
		JdbcClient file = JdbcClient.create(new DriverManagerDataSource("jdbc:sqlite:" + data.resolve("heliostat.db")));
		assertThat(
				file.sql("select id from generation where settled = 1 and status = 'SUCCEEDED' and charged_micros > 0")
					.query(String.class)
					.list())
			.containsAll(this.acknowledged);
		assertThat(sum(file, "select sum(settled_micros) from spend_hour"))
			.isEqualTo(sum(file, "select sum(charged_micros) from generation where settled = 1"));
		assertThat(sum(file, "select sum(requests) from spend_hour"))
			.isEqualTo(sum(file, "select count(*) from generation where settled = 1"));
		assertThat(file.sql("pragma integrity_check").query(String.class).single()).isEqualTo("ok");
	}

	private static long sum(JdbcClient file, String sql) {
		return file.sql(sql).query(Long.class).single();
	}

}
