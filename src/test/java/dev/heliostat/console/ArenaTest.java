package dev.heliostat.console;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.imageio.ImageIO;

import dev.heliostat.console.ArenaStore.Tally;
import dev.heliostat.console.Duel.Vote;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The arena: hidden until the vote, counted once, ranked and exported.
 */
class ArenaTest {

	private static ReplicateSimulator replicate;

	private static OpenAiSimulator openAi;

	private static Gateway gateway;

	private static Browser maker;

	private static Browser tester;

	@BeforeAll
	static void start() {
		replicate = new ReplicateSimulator(0);
		openAi = new OpenAiSimulator(0);
		gateway = Gateway.start(Gateway.behind(replicate, openAi));
		maker = Browser.signedIn(gateway, Gateway.LIVE_KEY);
		tester = Browser.signedIn(gateway, Gateway.TEST_KEY);
	}

	@AfterAll
	static void stop() {
		gateway.close();
		replicate.close();
		openAi.close();
	}

	private static Map<String, String> form(Browser browser, String name, String value, String most) {
		return Map.of("_token", Browser.token(browser.get("/arena")), name, value, "most", most);
	}

	private static String begun(Browser browser, String most) {
		Answer begun = browser.post("/arena", form(browser, "prompt", "A <b>cat</b>", most));
		assertThat(begun.status()).as(begun.text()).isEqualTo(303);
		String path = begun.header("location");
		Awaitility.await().until(() -> browser.get(path), page -> !page.text().contains("hx-trigger"));
		return path;
	}

	private static Answer voted(Browser browser, String path, String vote) {
		return browser.post(path + "/vote", form(browser, "vote", vote, ""));
	}

	@Test
	void namesAreHiddenUntilTheVote() {
		Answer page = maker.get("/arena");
		assertThat(page.text()).contains("up to $0.04, both at most $0.08");
		String path = begun(maker, "40000");
		Answer hidden = maker.get(path);
		assertThat(hidden.text()).contains("Left is better", "A &lt;b&gt;cat&lt;/b&gt;", "The picture on the left")
			.doesNotContain("<b>cat", "gen_", "Provider", "replicate", "flux", "stable-diffusion");
		assertThat(voted(maker, path, "NEITHER").status()).isEqualTo(400);
		assertThat(voted(maker, path, "LEFT").status()).isEqualTo(303);
		Answer revealed = maker.get(path);
		assertThat(revealed.text()).contains("You chose ", "Its generation", "Provider")
			.doesNotContain("Left is better");
		// The first vote counts.
		assertThat(voted(maker, path, "RIGHT").status()).isEqualTo(303);
		assertThat(maker.get("/arena").text()).contains("Ranking of your project", "Overall", "Votes: 1, of which 0");

		Answer csv = maker.get("/arena/votes.csv");
		assertThat(csv.text().lines().toList()).hasSize(2)
			.first()
			.isEqualTo("id,voted_at,project,vote,left_model,left_provider,left_micros,left_millis,right_model,"
					+ "right_provider,right_micros,right_millis,sandbox");
		assertThat(csv.text().lines().toList().getLast()).startsWith("duel_").contains(",default,left,");
		assertThat(gateway.get("/arena/votes.jsonl", Gateway.ADMIN_KEY).json().path("vote").asString())
			.isEqualTo("left");
		Answer admin = new Browser(gateway).get("/arena", "authorization", "Bearer " + Gateway.ADMIN_KEY);
		assertThat(admin.text()).contains("An admin key makes no pictures", "Votes: 1");
		// What the sandbox drew is ranked apart.
		assertThat(tester.get("/arena").text()).contains("No votes yet", "Free with your test key");
	}

	@Test
	void theSandboxWritesNoModelIntoAPictureOfADuel() throws IOException {
		String path = begun(tester, "0");
		Matcher pictures = Pattern.compile("<img src=\"(/media/[^\"]+)\"").matcher(tester.get(path).text());
		int seen = 0;
		while (pictures.find()) {
			byte[] picture = gateway.get(pictures.group(1).replace("&amp;", "&"), "").response().body();
			// SANDBOX, the prompt, and the size.
			assertThat(linesOfText(ImageIO.read(new ByteArrayInputStream(picture)))).isEqualTo(3);
			seen++;
		}
		assertThat(seen).isEqualTo(2);
	}

	private static int linesOfText(BufferedImage image) {
		int lines = 0;
		boolean before = false;
		for (int y = 0; y < image.getHeight(); y++) {
			boolean white = false;
			for (int x = 0; x < image.getWidth(); x++) {
				white |= (image.getRGB(x, y) & 0xffffff) == 0xffffff;
			}
			lines += (white && !before) ? 1 : 0;
			before = white;
		}
		return lines;
	}

	@Test
	void duelsAreTheirOwners() {
		String path = begun(tester, "0");
		assertThat(maker.get(path).status()).isEqualTo(404);
		assertThat(voted(maker, path, "LEFT").status()).isEqualTo(404);
		assertThat(tester.post(path + "/vote", Map.of("vote", "LEFT")).status()).isEqualTo(403);
		assertThat(tester.post("/arena", Map.of("prompt", "x", "most", "0")).status()).isEqualTo(403);
		assertThat(new Browser(gateway).post("/arena", Map.of("prompt", "x", "most", "0")).status()).isEqualTo(401);
		assertThat(new Browser(gateway).get("/arena").status()).isEqualTo(303);
		assertThat(tester.get("/arena/duel_nothing").status()).isEqualTo(404);
	}

	@Test
	void whatCannotBeginSaysWhy() {
		assertThat(maker.post("/arena", form(maker, "prompt", "A cat", "1")).text()).contains("Fewer than two models");
		assertThat(maker.post("/arena", form(maker, "prompt", " ", "40000")).text()).contains("expected: 1 to 4000");
		assertThat(maker.post("/arena", form(maker, "prompt", "A cat", "-1")).status()).isEqualTo(400);
	}

	@Test
	void aFailedPictureIsNotVotedOn() {
		Answer begun = tester.post("/arena", form(tester, "prompt", "[[sandbox: moderation]]", "0"));
		String path = begun.header("location");
		Answer over = Awaitility.await().until(() -> tester.get(path), page -> !page.text().contains("hx-trigger"));
		assertThat(over.text()).contains("nothing to vote on").doesNotContain("Left is better");
		assertThat(voted(tester, path, "LEFT").status()).isEqualTo(409);
	}

	@Test
	void theRankingIsOfQualityAndWhatItCosts() {
		ArenaRanking ranking = ArenaRanking
			.of(List.of(new Tally("a", "b", Vote.LEFT, 30, 300_000, 900_000, 30_000, 60_000),
					new Tally("b", "a", Vote.LEFT, 10, 300_000, 100_000, 20_000, 10_000),
					new Tally("a", "b", Vote.BOTH_BAD, 2, 20_000, 60_000, 2_000, 4_000)), slug -> "Model " + slug);
		assertThat(ranking.votes()).isEqualTo(42);
		assertThat(ranking.bad()).isEqualTo(2);
		ArenaRanking.Row first = ranking.rows().getFirst();
		assertThat(first.name()).isEqualTo("Model a");
		assertThat(first.score()).isBetween(1080L, 1096L);
		assertThat(first.low()).isLessThan(first.score());
		assertThat(first.won()).isEqualTo("30");
		assertThat(first.price()).isEqualTo("$0.01");
		assertThat(Double.parseDouble(first.perDollar())).isBetween(61.0, 64.0);
		assertThat(ranking.rows().getLast().perSecond()).isEqualTo(java.math.BigDecimal
			.valueOf(Double.parseDouble(ranking.rows().getLast().quality().replace("%", "")) / 200)
			.setScale(2, java.math.RoundingMode.HALF_UP)
			.toPlainString());
		assertThat(ArenaRanking.of(List.of(), slug -> slug).rows()).isEmpty();
	}

}
