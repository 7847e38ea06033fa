package dev.heliostat.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.RedisServer;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Dashboard and alerts ask for meters that the gateway really has.
 */
class ObservabilityTest {

	private static final Pattern METER = Pattern
		.compile("\\b((?:heliostat|gen_ai|http_server|jvm|process|hikaricp)_[a-z_]+)");

	@Test
	void everyQueryNamesAMeterThatTheRunningGatewayExposes() throws IOException {
		Set<String> wanted = new TreeSet<>();
		JsonNode dashboard = JsonMapper.builder().build().readTree(Path.of("config/grafana/heliostat.json"));
		for (JsonNode panel : dashboard.path("panels")) {
			panel.path("targets").forEach(target -> collect(target.path("expr").asString(), wanted));
		}
		Files.readAllLines(Path.of("config/prometheus/heliostat-rules.yaml"))
			.stream()
			.filter(line -> line.contains("expr:"))
			.forEach(line -> collect(line, wanted));
		assertThat(wanted).hasSizeGreaterThan(15);

		try (ReplicateSimulator replicate = new ReplicateSimulator(0);
				OpenAiSimulator openAi = new OpenAiSimulator(0);
				RedisServer redis = RedisServer.start();
				Gateway gateway = Gateway
					.start(Stream.concat(Stream.of(redis.argument()), Arrays.stream(Gateway.behind(replicate, openAi)))
						.toArray(String[]::new))) {
			gateway.generate(Gateway.LIVE_KEY, Requests.CARD);
			gateway.generate(Gateway.LIVE_KEY, Requests.of("openai/gpt-image-2", "x"));
			Set<String> exposed = gateway.metrics()
				.lines()
				.filter(line -> !line.startsWith("#"))
				.map(line -> line.split("[{ ]")[0])
				.collect(Collectors.toSet());
			assertThat(exposed).containsAll(wanted);
			assertThat(gateway
				.send(java.net.http.HttpRequest
					.newBuilder(java.net.URI.create(gateway.managementUrl() + "/actuator/health/readiness"))
					.GET())
				.text()).contains("UP");
			assertThat(gateway.get("/actuator/prometheus", Gateway.ADMIN_KEY).status()).isEqualTo(404);
		}
	}

	private static void collect(String query, Set<String> names) {
		Matcher matcher = METER.matcher(query.replaceAll("by \\([^)]*\\)", "").replaceAll("\\{[^}]*}", ""));
		while (matcher.find()) {
			names.add(matcher.group(1));
		}
	}

}
