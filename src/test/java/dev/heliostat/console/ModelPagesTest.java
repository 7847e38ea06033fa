package dev.heliostat.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pages of models, as they come over the wire.
 */
class ModelPagesTest {

	private static final String CARD = "/models/stability-ai/stable-diffusion-3.5-large-turbo";

	private static Gateway gateway;

	private static Browser browser;

	@BeforeAll
	static void start() throws IOException {
		Path config = Gateway.temporary();
		Path models = Files.createDirectories(config.resolve("catalog/models"));
		Files.writeString(models.resolve("hostile.yaml"),
				"""
						slug: hostile
						name: "<script>alert(1)</script> & Co"
						creator: {slug: hostile, name: "<i>Hostile</i>"}
						family: hostile
						description: "<img src=x onerror=alert(1)> ${7*7} [[${7*7}]] __${7*7}__"
						tags: ["'\\"><svg>"]
						modalities: {input: [text], output: [image]}
						gallery: ["</textarea><script>alert(2)</script>"]
						offerings:
						  - {provider: replicate, model: "me/<b>bold</b>", parameters: {prompt: {type: string}}, notes: ["<u>note</u>"]}
						""");
		gateway = Gateway.start("--heliostat.config-dir=" + config,
				"--heliostat.access.keys.key_bootstrap_live.models.deny=flux*");
		browser = Browser.signedIn(gateway, Gateway.TEST_KEY);
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@Test
	void theCardAndItsMarkdownHoldEveryFactOfTheCatalogsFile() throws IOException {
		JsonNode file = YAMLMapper.builder()
			.build()
			.readTree(Files.readString(
					Path.of("src/main/resources/catalog/models/stability-ai/stable-diffusion-3.5-large-turbo.yaml")));
		List<String> facts = new ArrayList<>();
		collect(file, facts);
		assertThat(facts).hasSizeGreaterThan(100);
		String page = plain(browser.get(CARD).text());
		String markdown = plain(browser.get(CARD + ".md").text());
		assertThat(facts).allSatisfy(fact -> {
			assertThat(page).contains(fact);
			assertThat(markdown).contains(fact);
		});
	}

	/** Names of capabilities and of the gateway's own verbs are said in words. */
	private static void collect(JsonNode node, List<String> facts) {
		if (node.isContainer()) {
			node.properties().forEach(entry -> {
				if (!List.of("emulate", "capabilities").contains(entry.getKey())) {
					collect(entry.getValue(), facts);
				}
			});
			if (node.isArray()) {
				node.forEach(item -> collect(item, facts));
			}
		}
		else if (!node.isNull()) {
			facts.add(plain(node.asString()));
		}
	}

	/** Text without tags, and with single blanks. */
	private static String plain(String html) {
		return html.replaceAll("<(script|style)[^>]*>.*?</\\1>", " ")
			.replaceAll("</?[a-zA-Z][^>]*>", "")
			.replace("&quot;", "\"")
			.replace("&#39;", "'")
			.replace("&lt;", "<")
			.replace("&gt;", ">")
			.replace("&amp;", "&")
			.replaceAll("\\s+", " ")
			.strip();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Quick Reference", "Specifications", "Max Resolution", "Input Modalities",
			"Output Modalities", "Model Identifiers", "Primary Slug", "Dates", "Tags", "Available Providers",
			"Config Key", "Provider Model ID", "Pricing", "Currency", "Source", "Effective", "Image Gallery",
			"Curated examples: 2", "Example Prompt", "Code Examples", "Text to image", "cURL", "JavaScript", "Python",
			"Java", "About", "Overview", "Strengths", "Limitations", "Technical Background", "Best For",
			"Frequently Asked Questions", "How much does Stable Diffusion 3.5 Large Turbo cost?",
			"How do I use Stable Diffusion 3.5 Large Turbo via API?",
			"Which providers offer Stable Diffusion 3.5 Large Turbo?",
			"What is the maximum resolution of Stable Diffusion 3.5 Large Turbo?", "Links", "Playground",
			"API Documentation", "starts at $0.04 per image", "Replicate, Stability AI and Hugging Face",
			"up to 1024x1024" })
	void theCardHasEverySectionOfThePublicOne(String words) {
		assertThat(plain(browser.get(CARD).text())).containsIgnoringCase(words);
		assertThat(plain(browser.get(CARD + ".md").text())).containsIgnoringCase(words);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/about", "/providers", "/api", "/benchmarks", "/use-cases", "/gallery" })
	void everyPartOfEveryKindOfModelIsAPage(String part) {
		for (String path : List.of(CARD, "/models/openai/gpt-image-1", "/models/hostile/hostile",
				"/models/black-forest-labs/flux.2-pro")) {
			Answer answer = browser.get(path + part);
			assertThat(answer.status()).as(path + part).isEqualTo(200);
			assertThat(answer.text()).contains("<!doctype html>", "</html>");
			guarded(answer);
		}
	}

	private static void guarded(Answer answer) {
		assertThat(answer.header("content-security-policy"))
			.contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
			.doesNotContain("unsafe");
		assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
		assertThat(answer.header("cache-control")).isEqualTo("no-store");
		assertThat(answer.text()).doesNotContainPattern("<script(?![^>]*\\bsrc=)")
			.doesNotContainPattern("\\son[a-z]+=\"")
			.doesNotContain(" style=");
	}

	@Test
	void textsOfTheCatalogAreTexts() {
		for (String path : List.of("/models", "/models/hostile/hostile", "/models/hostile/hostile/gallery")) {
			assertThat(browser.get(path).text())
				.doesNotContain("<script>alert", "<img src=x", "<svg>", "<i>Hostile", "<u>note", "<b>bold")
				.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co");
		}
		assertThat(browser.get("/models/hostile/hostile").text()).contains("${7*7} [[${7*7}]] __${7*7}__")
			.doesNotContain("49");
		assertThat(browser.get("/models?q=%3Cscript%3Ealert(3)%3C%2Fscript%3E").text()).doesNotContain("<script>alert");
	}

	@Test
	void modelsAreFoundFilteredAndSorted() {
		assertThat(rows("/models?q=diffusion+turbo")).contains("Stable Diffusion 3.5 Large Turbo")
			.doesNotContain("GPT Image 2");
		assertThat(rows("/models?creator=openai")).contains("GPT Image 2").doesNotContain("FLUX.2 [pro]");
		assertThat(rows("/models?mode=upscale&provider=stability")).allSatisfy(name -> assertThat(name).isNotEmpty());
		assertThat(rows("/models?price=0.01&sort=price")).isNotEmpty();
		assertThat(rows("/models?setup=ready")).isEmpty();
		assertThat(browser.get("/models?q=nothing-has-this-name").text()).contains("No model fits");
		List<String> all = rows("/models");
		assertThat(rows("/models?sort=speed")).hasSameSizeAs(all).isNotEqualTo(all);
		Answer part = browser.get("/models?q=flux", "hx-request", "true");
		assertThat(part.text()).startsWith("<div id=\"results\"").doesNotContain("<html");
	}

	private static List<String> rows(String path) {
		Matcher matcher = Pattern.compile("<h2><a href=\"/models/[^\"]+\">([^<]*)</a>")
			.matcher(browser.get(path).text());
		return matcher.results().map(result -> result.group(1)).toList();
	}

	@Test
	void aModelThatIsNotThereSaysWhatIs() {
		Answer answer = browser.get("/models/stability-ai/stable-diffusion-3.5-large-turbos");
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.text()).contains("Did you mean &#39;stable-diffusion-3.5-large-turbo&#39;?");
		assertThat(browser.get(CARD + "/nothing").status()).isEqualTo(404);
		assertThat(browser.get("/models/x/sd3.5-large-turbo/about").header("location")).isEqualTo(CARD + "/about");
		Browser narrow = Browser.signedIn(gateway, Gateway.LIVE_KEY);
		assertThat(narrow.get("/models/black-forest-labs/flux.2-pro").status()).isEqualTo(404);
		assertThat(narrow.get("/models").text()).doesNotContain("flux.2-pro");
		assertThat(narrow.get("/llms.txt").text()).doesNotContain("flux.2-pro").contains(CARD + ".md");
	}

	@Test
	void assistantsReadWithAKeyAndPeopleWithASession() {
		assertThat(gateway.get("/llms.txt", Gateway.TEST_KEY).text()).contains("# Heliostat",
				"- [Stable Diffusion 3.5 Large Turbo](" + gateway.url() + CARD + ".md)");
		assertThat(gateway.get(CARD + ".md", Gateway.TEST_KEY).header("content-type")).startsWith("text/markdown");
		Answer refused = gateway.get(CARD + ".md", "");
		assertThat(refused.status()).isEqualTo(401);
		assertThat(refused.json().path("error").path("message").asString()).contains("This page needs a key");
	}

	@Test
	void aModelWithoutPriceSaysSo() {
		assertThat(browser.get("/models/hostile/hostile").text()).contains("not known", "never taken for free");
	}

	@Test
	void documentsOfThisVersionAreServed() {
		Browser stranger = new Browser(gateway);
		assertThat(stranger.get("/docs").text()).contains("href=\"/docs/api\"", "href=\"/docs/catalog-format\"");
		Answer document = stranger.get("/docs/routing");
		assertThat(document.status()).isEqualTo(200);
		guarded(document);
		assertThat(stranger.get("/docs/catalog-format").text()).contains("<table>", "href=\"/docs/providers\"")
			.doesNotContain(".md\"");
		for (String wrong : List.of("/docs/nothing", "/docs/..%2f..%2fapplication.yaml", "/docs/api.md")) {
			assertThat(stranger.get(wrong).status()).as(wrong).isEqualTo(404);
		}
	}

	@Test
	void onlyThePagesOwnFilesAreServed() {
		String page = browser.get("/models").text();
		Matcher matcher = Pattern.compile("(?:href|src)=\"(/assets/[^\"]+)\"").matcher(page);
		List<String> files = matcher.results().map(result -> result.group(1)).distinct().toList();
		assertThat(files).hasSizeGreaterThanOrEqualTo(4);
		long wire = gateway
			.send(gateway.request("/models", "")
				.header("accept", "text/html")
				.header("cookie", "heliostat_session=" + browser.cookies().get("heliostat_session"))
				.header("accept-encoding", "gzip")
				.GET())
			.response()
			.body().length;
		for (String file : files) {
			Answer answer = gateway.send(gateway.request(file, "").header("accept-encoding", "gzip").GET());
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.header("cache-control")).contains("immutable");
			assertThat(answer.header("content-encoding")).isEqualTo("gzip");
			wire += answer.response().body().length;
		}
		assertThat(wire).isLessThan(100_000);
		for (String wrong : List.of("/assets/x.css", "/assets/..%2f..%2fapplication.yaml",
				"/webjars/htmx.org/2.0.7/dist/htmx.js", "/console/pages/layout.html", "/application.yaml",
				"/static/x")) {
			assertThat(gateway.get(wrong, "").status()).as(wrong).isEqualTo(404);
		}
	}

	@Test
	void errorsArePagesForPeopleAndJsonForPrograms() {
		Answer page = browser.get("/nowhere%3Cb%3E");
		assertThat(page.status()).isEqualTo(404);
		assertThat(page.text()).contains("There is no page here", "/models").doesNotContain("<b>/");
		guarded(page);
		assertThat(gateway.get("/nowhere", "").json().path("error").path("code").asString()).isEqualTo("unknown_url");
		assertThat(browser.get("/v1/nowhere").header("content-type")).startsWith("application/json");
		assertThat(browser.get("/media/abc?exp=1&sig=x").text()).contains("<!doctype html>");
		assertThat(browser.get("/").header("location")).isEqualTo("/models");
		assertThat(browser.get("/desk").status()).isEqualTo(403);
		assertThat(Browser.signedIn(gateway, Gateway.ADMIN_KEY).get("/desk").text()).contains("<h1>Overview</h1>");
	}

}
