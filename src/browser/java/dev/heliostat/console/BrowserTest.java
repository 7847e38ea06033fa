package dev.heliostat.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

import org.springframework.jdbc.core.JdbcOperations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console as people see it: in a real Chromium, at three widths and in both colour
 * schemes. Screenshots are left under target/screenshots for a person to look at.
 */
class BrowserTest {

	private static final String CARD = "/models/stability-ai/stable-diffusion-3.5-large-turbo";

	private static final Path SCREENSHOTS = Path.of("target/screenshots");

	private static final List<String> RULES = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

	private static Gateway gateway;

	private static ChromeDriver browser;

	@BeforeAll
	static void start() throws IOException {
		Files.createDirectories(SCREENSHOTS);
		gateway = Gateway.start();
		ChromeOptions options = new ChromeOptions();
		options.setBinary("/usr/bin/chromium");
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
				"--hide-scrollbars", "--window-size=1280,900");
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		browser = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile()).build(),
				options);
	}

	@AfterAll
	static void stop() {
		browser.quit();
		gateway.close();
	}

	private static WebDriverWait patiently() {
		return new WebDriverWait(browser, Duration.ofSeconds(40));
	}

	private static void click(By what) {
		patiently().ignoring(StaleElementReferenceException.class).until(driver -> {
			WebElement found = ExpectedConditions.elementToBeClickable(what).apply(driver);
			if (found == null) {
				return false;
			}
			found.click();
			return true;
		});
	}

	private static void open(String path) {
		browser.get(gateway.url() + path);
	}

	private static void signIn(String key) {
		browser.manage().deleteAllCookies();
		open("/sign-in");
		browser.findElement(By.id("key")).sendKeys(key);
		browser.findElement(By.cssSelector("main form button")).click();
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.cssSelector("form[action='/sign-out']")));
	}

	private static void emulate(int width, String scheme) {
		browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
		browser.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
	}

	@ParameterizedTest
	@CsvSource({ "360,light", "360,dark", "1280,light", "1280,dark", "2560,light", "2560,dark" })
	void everyPageIsWholeAndOpenToAll(int width, String scheme) throws IOException {
		List<String> faults = new ArrayList<>();
		emulate(width, scheme);
		signIn(Gateway.TEST_KEY);
		gateway.generate(Gateway.TEST_KEY, dev.heliostat.testing.Requests.CARD);
		String id = gateway.get("/v1/generations", Gateway.TEST_KEY).json().path("data").path(0).path("id").asString();
		gateway.post("/v1/generations/" + id + "/publication", Gateway.TEST_KEY,
				"{\"prompt\": \"A red cat in the snow, painted with a broad brush\"}");
		for (String path : List.of("/models", "/models?q=nothing-of-this-name", CARD, CARD + "/about", CARD + "/providers",
				CARD + "/api", CARD + "/benchmarks", CARD + "/use-cases", CARD + "/gallery",
				"/models/openai/gpt-image-1", "/playground", "/playground?model=gpt-image-2&model=flux.1-schnell",
				"/playground?model=gpt-image-2&mode=edit", "/generations", "/generations/" + id, "/balance", "/docs",
				"/docs/catalog-format", "/nowhere")) {
			look(path, width, scheme, faults);
		}
		signIn(Gateway.ADMIN_KEY);
		look(CARD + "/gallery?as=operator", width, scheme, faults);
		browser.manage().deleteAllCookies();
		look("/sign-in", width, scheme, faults);
		assertThat(faults).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "360,light", "1280,dark", "2560,light", "360,dark", "1280,light", "2560,dark" })
	void theDeskIsWholeAndOpenToAll(int width, String scheme) throws IOException {
		List<String> faults = new ArrayList<>();
		emulate(width, scheme);
		signIn(Gateway.ADMIN_KEY);
		for (String path : deskPages()) {
			look(path, width, scheme, faults);
		}
		conflict(width, scheme, faults);
		assertThat(faults).isEmpty();
	}

	/** Every page of the desk, with something on it. */
	private static List<String> deskPages() {
		String key = gateway
			.post("/admin/v1/keys", Gateway.ADMIN_KEY, """
					{"name": "Shop front", "kind": "live", "tags": {"team": "shop"}, "scopes": {"models": ["flux*"]},
					 "budget": {"usd_micros": 25000000, "window": "month", "time_zone": "Europe/Berlin"}}""")
			.json()
			.path("id")
			.asString();
		String budget = gateway.get("/admin/v1/budgets?key=" + key, Gateway.ADMIN_KEY).json().at("/data/0/id").asString();
		String hooked = gateway
			.generate(Gateway.TEST_KEY,
					dev.heliostat.testing.Requests.CARD.replaceFirst("\\{", "{\"webhook_url\": \"https://hooks.example.org/x\", "))
			.json()
			.at("/metadata/id")
			.asString();
		usageOfOtherDays();
		return List.of("/desk", "/desk/generations", "/desk/generations?live=on", "/desk/generations?status=failed",
				"/desk/generations?from=yesterday", "/desk/generations/" + hooked, "/desk/usage?group_by=day&group_by=provider",
				"/desk/usage?group_by=key&group_by=model", "/desk/projects", "/desk/projects/new", "/desk/projects/default",
				"/desk/keys", "/desk/keys/new", "/desk/keys/" + key, "/desk/budgets", "/desk/budgets/new",
				"/desk/budgets/" + budget, "/desk/providers", "/desk/providers/replicate", "/desk/catalog", "/desk/explain",
				"/desk/webhooks", "/desk/webhooks/" + hooked, "/desk/store", "/desk/audit", "/desk/audit/verify");
	}

	/** So that there is something to draw. */
	private static void usageOfOtherDays() {
		JdbcOperations store = gateway.bean(JdbcOperations.class);
		long today = System.currentTimeMillis() / 86_400_000L * 86_400_000L;
		for (int i = 1; i < 20; i++) {
			for (String provider : List.of("replicate", "openai", "fal")) {
				store.update("""
						insert into spend_hour (hour, project, key_id, model, provider, images, settled_micros, requests, attempts, maybe_micros)
						values (?, 'default', 'key_shop', 'flux.1-schnell', ?, ?, ?, ?, 0, 0) on conflict do nothing""",
						today - i * 86_400_000L, provider, 40 + 7 * (i % 5), 1_000_000L + 310_000L * ((i * provider.length()) % 9),
						50 + i);
			}
		}
	}

	/** A form that comes back because somebody else was quicker. */
	private static void conflict(int width, String scheme, List<String> faults) throws IOException {
		open("/desk/projects/default");
		gateway.send(gateway.request("/admin/v1/projects/default", Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.header("if-match", "*")
			.method("PATCH", java.net.http.HttpRequest.BodyPublishers
				.ofString("{\"tags\": {\"at\": \"" + System.nanoTime() + "\"}}")));
		browser.findElement(By.id("f-name")).sendKeys(" of ours");
		browser.findElement(By.cssSelector("form[action='/desk/projects/default'] button.main")).click();
		patiently().until(ExpectedConditions.textToBePresentInElementLocated(By.tagName("main"), "Somebody else changed it"));
		assertThat(browser.findElement(By.id("f-name")).getDomProperty("value")).endsWith(" of ours");
		browser.manage().logs().get(LogType.BROWSER);
		examine("desk-conflict", "/desk/projects/default", width, scheme, faults);

		open("/desk/projects/default");
		browser.findElement(By.id("f-limits")).sendKeys("60 images a minute\n20 at lunch");
		browser.findElement(By.cssSelector("form[action='/desk/projects/default'] button.main")).click();
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.id("f-limits-problem")));
		browser.manage().logs().get(LogType.BROWSER);
		examine("desk-wrong", "/desk/projects/default", width, scheme, faults);

		open("/desk/providers/fal");
		boolean enabled = gateway.get("/admin/v1/providers/fal", Gateway.ADMIN_KEY).json().path("enabled").asBoolean();
		gateway.send(gateway.request("/admin/v1/providers/fal", Gateway.ADMIN_KEY)
			.header("content-type", "application/json")
			.PUT(java.net.http.HttpRequest.BodyPublishers.ofString("{\"enabled\": " + !enabled + "}")));
		browser.findElement(By.cssSelector("form[action='/desk/providers/fal/switch'] button")).click();
		patiently().until(ExpectedConditions.textToBePresentInElementLocated(By.tagName("main"), "so nothing was done"));
		browser.manage().logs().get(LogType.BROWSER);
		examine("desk-not-done", "/desk/providers/fal", width, scheme, faults);
	}

	@Test
	void aKeyIsMadeOnTheDeskAndUsed() throws IOException {
		emulate(1280, "light");
		signIn(Gateway.ADMIN_KEY);
		open("/desk");
		click(By.linkText("Keys"));
		click(By.linkText("New key"));
		browser.findElement(By.id("f-name")).sendKeys("Made by hand");
		browser.findElement(By.cssSelector("#f-kind option[value='test']")).click();
		click(By.cssSelector("main form button.main"));
		String secret = patiently().until(ExpectedConditions.presenceOfElementLocated(By.id("secret"))).getText();
		assertThat(secret).startsWith("hs_test_");
		List<String> faults = new ArrayList<>();
		examine("desk-secret", "/desk/keys", 1280, "light", faults);
		assertThat(faults).isEmpty();
		assertThat(gateway.generate(secret, dev.heliostat.testing.Requests.CARD).status()).isEqualTo(200);
		signIn(secret);
		open("/generations");
		assertThat(browser.findElements(By.cssSelector("tbody tr"))).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "360,light", "360,dark", "1280,light", "1280,dark", "2560,light", "2560,dark" })
	void comparisonsAreWholeAndOpenToAll(int width, String scheme) throws IOException {
		List<String> faults = new ArrayList<>();
		emulate(width, scheme);
		signIn(Gateway.TEST_KEY);
		for (String path : List.of(duel(true), duel(false), "/arena", benchmark(), CARD + "/benchmarks")) {
			look(path, width, scheme, faults);
		}
		signIn(Gateway.ADMIN_KEY);
		look("/arena?as=operator", width, scheme, faults);
		assertThat(faults).isEmpty();
	}

	private static String duel(boolean voted) {
		Browser maker = Browser.signedIn(gateway, Gateway.TEST_KEY);
		String token = Browser.token(maker.get("/arena"));
		String path = maker.post("/arena", Map.of("_token", token, "prompt", "A boat on a lake", "most", "0"))
			.header("location");
		if (voted) {
			maker.post(path + "/vote", Map.of("_token", token, "vote", "LEFT"));
		}
		return path + (voted ? "?voted" : "");
	}

	private static String benchmark() {
		Browser maker = Browser.signedIn(gateway, Gateway.TEST_KEY);
		return maker
			.post(CARD + "/benchmarks",
					Map.of("_token", Browser.token(maker.get("/arena")), "offering",
							"replicate/stable-diffusion-3.5-large-turbo", "prompt", "A boat on a lake", "repeats", "3", "id",
							"bench_" + java.util.UUID.randomUUID().toString().replace("-", ""), "cap", "0", "agreed", "yes"))
			.header("location");
	}

	private static void look(String path, int width, String scheme, List<String> faults) throws IOException {
		browser.manage().logs().get(LogType.BROWSER);
		open(path);
		if (path.startsWith("/playground")) {
			patiently().until(ExpectedConditions.presenceOfElementLocated(By.cssSelector("#price .sum")));
		}
		String name = path.replaceAll("(gen|key|budget|duel|bench)_\\w+", "id").replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
		examine(name, path, width, scheme, faults);
	}

	private static void examine(String name, String path, int width, String scheme, List<String> faults)
			throws IOException {
		browser.executeScript("document.querySelectorAll('details').forEach(each => { each.open = true; })");
		String place = path + " at " + width + " " + scheme;
		browser.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.filter(entry -> !(path.equals("/nowhere") && entry.getMessage().contains("404"))
					&& !(path.endsWith("from=yesterday") && entry.getMessage().contains("400")))
			.forEach(entry -> faults.add(place + ": " + entry.getMessage()));
		Object over = browser.executeScript(
				"return document.documentElement.scrollWidth - document.documentElement.clientWidth");
		if (((Number) over).intValue() > 0) {
			faults.add(place + ": wider than the window by " + over);
		}
		Results found = new AxeBuilder().withTags(RULES).analyze(browser);
		for (Rule rule : found.getViolations()) {
			faults.add(place + ": " + rule.getId() + ": " + rule.getHelp() + " "
					+ rule.getNodes().stream().limit(3).map(node -> node.getHtml() + " " + node.getFailureSummary()).toList());
		}
		Number height = (Number) browser.executeScript("return Math.min(5000, document.documentElement.scrollHeight)");
		browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height.intValue(), "deviceScaleFactor", 1, "mobile", false));
		Files.write(SCREENSHOTS.resolve(name + "-" + width + "-" + scheme + ".png"),
				browser.getScreenshotAs(OutputType.BYTES));
		emulate(width, scheme);
	}

	@Test
	void fromThePrintedKeyToAPictureInThreeClicks() {
		emulate(1280, "light");
		browser.manage().deleteAllCookies();
		open("/");
		browser.findElement(By.id("key")).sendKeys(Gateway.TEST_KEY);
		browser.findElement(By.cssSelector("main form button")).click();
		click(By.linkText("Playground"));
		click(By.id("make"));
		WebElement picture = patiently()
			.until(ExpectedConditions.presenceOfElementLocated(By.cssSelector("#made .pictures img")));
		patiently().until(driver -> (Boolean) browser
			.executeScript("return arguments[0].complete && arguments[0].naturalWidth === 1024", picture));
		browser.findElement(By.cssSelector("[data-seed]")).click();
		patiently().until(driver -> browser.findElements(By.cssSelector("#made .run")).size() == 2);
	}

	@Test
	void settingsFollowTheModelAndKeepWhatWasEntered() {
		emulate(1280, "light");
		signIn(Gateway.TEST_KEY);
		open("/playground");
		WebElement prompt = browser.findElement(By.id("prompt"));
		prompt.clear();
		prompt.sendKeys("Entered before");
		browser.findElement(By.cssSelector("#model0 option[value='gpt-image-2']")).click();
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.name("quality")));
		assertThat(browser.findElement(By.id("prompt")).getDomProperty("value")).isEqualTo("Entered before");
	}

	@Test
	void anEndedSessionLosesNothing() {
		emulate(1280, "light");
		signIn(Gateway.TEST_KEY);
		open("/playground");
		WebElement prompt = browser.findElement(By.id("prompt"));
		prompt.clear();
		prompt.sendKeys("Nothing is lost");
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.cssSelector("#price .sum")));
		browser.manage().deleteAllCookies();
		browser.findElement(By.id("make")).click();
		patiently().until(ExpectedConditions.elementToBeClickable(By.id("again-key"))).sendKeys(Gateway.TEST_KEY);
		browser.findElement(By.cssSelector("#dialog button.main")).click();
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.id("back-title")));
		click(By.xpath("//dialog//button[text()='Close']"));
		assertThat(browser.findElement(By.id("prompt")).getDomProperty("value")).isEqualTo("Nothing is lost");
		click(By.id("make"));
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.cssSelector("#made .pictures img")));
	}

	@Test
	void aBenchmarkIsAgreedToAndShown() throws IOException {
		emulate(1280, "light");
		signIn(Gateway.TEST_KEY);
		open(CARD + "/benchmarks");
		click(By.xpath("//button[text()='Show the price']"));
		click(By.name("agreed"));
		Files.write(SCREENSHOTS.resolve("benchmark-confirm-1280-light.png"), browser.getScreenshotAs(OutputType.BYTES));
		assertThat(new AxeBuilder().withTags(RULES).analyze(browser).getViolations()).isEmpty();
		click(By.xpath("//form//button[starts-with(text(), 'Make ')]"));
		patiently().until(ExpectedConditions.textToBePresentInElementLocated(By.cssSelector(".figures"), "done"));
	}

	@Test
	void aDuelIsVotedOn() {
		emulate(1280, "light");
		signIn(Gateway.TEST_KEY);
		open("/arena");
		click(By.xpath("//button[text()='Make two pictures']"));
		click(By.cssSelector("button[value='TIE']"));
		patiently().until(ExpectedConditions.elementToBeClickable(By.linkText("Another duel"))).click();
		patiently()
			.until(ExpectedConditions.textToBePresentInElementLocated(By.id("main"), "Ranking of your project"));
	}

	@Test
	void aMaskIsDrawnAndSent() throws IOException {
		emulate(1280, "light");
		signIn(Gateway.TEST_KEY);
		open("/playground?model=gpt-image-2&mode=edit");
		Path file = Files.createTempFile("picture", ".png");
		Files.write(file, TestPictures.picture(512, 384, "png"));
		browser.findElement(By.id("image")).sendKeys(file.toString());
		WebElement canvas = patiently().until(ExpectedConditions.elementToBeClickable(By.cssSelector(".draw canvas")));
		new Actions(browser).moveToElement(canvas, -40, -20).clickAndHold().moveByOffset(60, 30).release().perform();
		patiently().until(driver -> (Boolean) browser
			.executeScript("return document.getElementById('mask').files.length === 1"));
		browser.findElement(By.id("prompt")).sendKeys("A boat on the lake");
		click(By.id("make"));
		patiently().until(ExpectedConditions.presenceOfElementLocated(By.cssSelector("#made .pictures img")));
		assertThat(browser.findElement(By.id("made")).getDomProperty("textContent")).contains("mask=@mask.png");
	}

}
