package dev.heliostat.console;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a browser with an empty cache fetches for a page is small, all of it together, and
 * what does not change is fetched once.
 */
class PageWeightTest {

	private static final int MOST = 100_000;

	private static final Pattern FETCHED = Pattern
		.compile("<(?:script|img|link|source)\\b[^>]*?\\b(?:src|href)=\"(/[^\"]*)\"");

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		gateway = Gateway.start("--heliostat.console.public-catalog=true");
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@ParameterizedTest
	@CsvSource({ "'',/models", "'',/models/stability-ai/stable-diffusion-3.5-large-turbo",
			"'',/models/stability-ai/stable-diffusion-3.5-large-turbo/gallery", "'',/sign-in",
			Gateway.TEST_KEY + ",/playground", Gateway.LIVE_KEY + ",/models", Gateway.LIVE_KEY + ",/arena",
			Gateway.ADMIN_KEY + ",/desk", Gateway.ADMIN_KEY + ",/desk/usage" })
	void theFirstViewOfAPageIsSmall(String key, String path) {
		Browser browser = key.isEmpty() ? new Browser(gateway) : Browser.signedIn(gateway, key);
		Map<String, Integer> weights = new LinkedHashMap<>();
		Answer page = fetched(browser, path, weights);
		Set<String> parts = new TreeSet<>();
		Matcher found = FETCHED.matcher(plain(page));
		while (found.find()) {
			parts.add(found.group(1).replace("&amp;", "&"));
		}
		assertThat(parts).as("style sheet, icon and scripts of " + path).hasSizeGreaterThanOrEqualTo(4);
		for (String part : parts) {
			Answer answer = fetched(browser, part, weights);
			if (part.startsWith("/assets/")) {
				assertThat(part).matches("/assets/[a-z.]+-[0-9a-f]{10}\\.(css|js|svg)");
				assertThat(answer.header("cache-control")).isEqualTo("public, max-age=31536000, immutable");
				assertThat(answer.header("content-encoding")).isEqualTo("gzip");
				assertThat(plain(answer)).as(part).doesNotContainPattern("url\\((?!#)|@import");
			}
		}

		assertThat(weights.values().stream().mapToInt(Integer::intValue).sum()).as(path + ": " + weights)
			.isLessThan(MOST);
	}

	/** Its headers count as well. */
	private static Answer fetched(Browser browser, String path, Map<String, Integer> weights) {
		Answer answer = browser.get(path, "accept-encoding", "gzip");
		assertThat(answer.status()).as(path).isEqualTo(200);
		int headers = answer.response()
			.headers()
			.map()
			.entrySet()
			.stream()
			.mapToInt(header -> header.getValue()
				.stream()
				.mapToInt(value -> header.getKey().length() + value.length() + 4)
				.sum())
			.sum();
		weights.put(path, headers + answer.response().body().length);
		return answer;
	}

	private static String plain(Answer answer) {
		if (!answer.header("content-encoding").equals("gzip")) {
			return answer.text();
		}
		try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(answer.response().body()))) {
			return new String(unzipped.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
