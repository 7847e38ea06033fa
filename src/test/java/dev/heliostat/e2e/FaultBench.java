package dev.heliostat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

import dev.heliostat.ledger.GenerationRecord;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.simulator.FalSimulator;
import dev.heliostat.simulator.GeminiSimulator;
import dev.heliostat.simulator.OpenAiSimulator;
import dev.heliostat.simulator.ReplicateSimulator;
import dev.heliostat.simulator.ResettingServer;
import dev.heliostat.simulator.Simulator;
import dev.heliostat.simulator.TestPictures;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.Requests;

/**
 * A gateway whose circuits open at the first failure, in front of providers that fail as
 * they are told and of one that is healthy. Every case has a model of its own, and with
 * it a circuit of its own, so that all can run side by side.
 */
final class FaultBench implements AutoCloseable {

	static final String HEALTHY = "healthy";

	/** What a picture costs at the healthy provider. */
	static final long HEALTHY_MICROS = 50_000;

	private static final int AT_ONCE = 12;

	private static final String MODEL = """
			slug: %1$s
			name: %1$s
			creator: {slug: tests, name: Tests}
			family: tests
			description: A model of the tests.
			modalities: {input: [text], output: [image]}
			offerings:
			""";

	private static final String OFFERING = """
			  - provider: %s
			    model: %s
			    expected: {seconds: 0.05}
			    give-up: 4s
			    parameters:
			      prompt: {%s}
			      n: {emulate: true}
			    pricing:
			      components: [{type: output, metric: image, unit-price: %s}]
			      source: the test
			      effective-at: 2026-01-01
			""";

	final OpenAiSimulator openAi = new OpenAiSimulator(0);

	final ReplicateSimulator replicate = new ReplicateSimulator(0);

	final ResettingServer resetting = new ResettingServer();

	private final ResettingServer resettingJobs = new ResettingServer();

	private final FalSimulator fal = new FalSimulator(0);

	private final GeminiSimulator gemini = new GeminiSimulator(0);

	private final OpenAiSimulator healthy = new OpenAiSimulator(0);

	private final ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);

	private final Map<String, CompletableFuture<Answer>> answers = new ConcurrentHashMap<>();

	private final Path config = Gateway.temporary();

	private final Path data = Gateway.temporary();

	private final Gateway gateway;

	private volatile String scraped = "";

	/** Starts with the models that it will be asked for. */
	FaultBench(Collection<Model> models) {
		// Knobs travel in prompts, and this one obeys none.
		this.healthy.chance(prompt -> "");
		// Simulators share the event loops: what they show is to be painted before.
		TestPictures.noise(500, 500);
		Stream.of("png", "webp", "jpeg").forEach(format -> TestPictures.picture(1024, 1024, format));
		try {
			writeCatalog(models);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		List<String> arguments = new ArrayList<>(
				List.of("--heliostat.data-dir=" + this.data, "--heliostat.config-dir=" + this.config,
						"--heliostat.circuit.minimum-calls=1", "--heliostat.circuit.window=1",
						"--heliostat.circuit.open-for=10m", "--heliostat.media.fetch-timeout=4s"));
		connect(arguments, "openai", this.openAi.baseUrl(), OpenAiSimulator.TOKEN);
		connect(arguments, HEALTHY, this.healthy.baseUrl(), OpenAiSimulator.TOKEN);
		connect(arguments, "replicate", this.replicate.baseUrl(), ReplicateSimulator.TOKEN);
		connect(arguments, "fal", this.fal.queueUrl(), this.fal.credential());
		connect(arguments, "gemini", this.gemini.baseUrl(), this.gemini.credential());
		connect(arguments, "refusing-sync", "http://127.0.0.1:1", "none");
		connect(arguments, "refusing-jobs", "http://127.0.0.1:1", "none");
		connect(arguments, "resetting-sync", this.resetting.origin(), "none");
		connect(arguments, "resetting-jobs", this.resettingJobs.origin(), "none");
		this.gateway = Gateway.start(arguments.toArray(String[]::new));
	}

	/**
	 * A model at a provider that may fail.
	 *
	 * @param slug its name, which is also in its prompts
	 * @param provider who may fail
	 * @param second whether the healthy provider has it too
	 */
	record Model(String slug, String provider, boolean second) {
	}

	private static void connect(List<String> arguments, String provider, String url, String key) {
		arguments.add("--heliostat.providers." + provider + ".base-url=" + url);
		arguments.add("--heliostat.providers." + provider + ".api-key=" + key);
	}

	private void writeCatalog(Collection<Model> models) throws IOException {
		Path providers = Files.createDirectories(this.config.resolve("catalog/providers"));
		for (String name : List.of("openai", "replicate", "fal", "gemini")) {
			Files.writeString(providers.resolve(name + ".yaml"),
					"name: " + name + "\nlimits: {response-timeout: 2s, poll-every: 10ms}\n");
		}
		for (String name : List.of(HEALTHY, "refusing-sync", "resetting-sync")) {
			Files.writeString(providers.resolve(name + ".yaml"), copy("openai", name));
		}
		for (String name : List.of("refusing-jobs", "resetting-jobs")) {
			Files.writeString(providers.resolve(name + ".yaml"), copy("replicate", name).replace("500ms", "10ms"));
		}
		Path files = Files.createDirectories(this.config.resolve("catalog/models"));
		for (Model model : models) {
			String text = MODEL.formatted(model.slug()) + offering(model.provider(), model.slug(), "0.04");
			Files.writeString(files.resolve(model.slug() + ".yaml"),
					model.second() ? text + offering(HEALTHY, model.slug(), "0.05") : text);
		}
	}

	private static String copy(String shipped, String name) throws IOException {
		return new ClassPathResource("catalog/providers/" + shipped + ".yaml")
			.getContentAsString(StandardCharsets.UTF_8)
			.replace("name: " + shipped + "\n", "name: " + name + "\n");
	}

	private static String offering(String provider, String slug, String price) {
		boolean path = provider.equals("replicate") || provider.equals("fal") || provider.endsWith("-jobs");
		String prompt = provider.equals("gemini") ? "rename: contents/0/parts/0/text, type: string" : "type: string";
		return OFFERING.formatted(provider, path ? "tests/" + slug : slug, prompt, price);
	}

	/** Begins a request for a model; the knobs are in its prompt. */
	void begin(Model model, String knobs) {
		this.answers.put(model.slug(), CompletableFuture.supplyAsync(() -> generate(model, knobs), this.clients));
	}

	/** Waits for all that was begun. */
	void settle() {
		this.answers.values().forEach(CompletableFuture::join);
		scrape();
	}

	/** The answer to what was begun for a model. */
	Answer answer(Model model) {
		return this.answers.get(model.slug()).join();
	}

	/** Sends a request for a model and waits for its answer. */
	Answer generate(Model model, String knobs) {
		return this.gateway.generate(Gateway.LIVE_KEY, body(model, knobs));
	}

	private static String body(Model model, String knobs) {
		return Requests.of(model.slug(), model.slug() + " [[fake: " + knobs + "]]",
				"\"provider\": {\"order\": [\"" + model.provider() + "\", \"" + HEALTHY + "\"]}");
	}

	/** What the provider of a model was asked to make. */
	int submissions(Model model) {
		return switch (model.provider()) {
			case "openai" -> count(this.openAi, model);
			case "replicate" -> count(this.replicate, model);
			case "fal" -> count(this.fal, model);
			case "gemini" -> count(this.gemini, model);
			// Nobody has read any of it.
			default -> 0;
		};
	}

	/** What the healthy provider was asked to make for a model. */
	int healthySubmissions(Model model) {
		return count(this.healthy, model);
	}

	private static int count(Simulator simulator, Model model) {
		return (int) simulator.submissions()
			.stream()
			.filter(received -> received.body().contains(model.slug() + " "))
			.count();
	}

	/** Reads the metrics that {@link #circuit} looks at. */
	void scrape() {
		this.scraped = metrics();
	}

	/** The circuit of an offering, by the metric and by an explanation alike. */
	String circuit(Model model, String provider) {
		String gauge = "model=\"" + model.slug() + "\",provider=\"" + provider + "\",state=\"";
		String measured = this.scraped.lines()
			.filter(line -> line.startsWith("heliostat_circuit_state") && line.contains(gauge)
					&& line.endsWith("} 1.0"))
			.map(line -> line.substring(line.indexOf("state=\"") + "state=\"".length(), line.lastIndexOf('"')))
			.findFirst()
			.orElse("none");
		String explained = this.gateway.post("/admin/v1/explain", Gateway.ADMIN_KEY, body(model, ""))
			.json()
			.path("candidates")
			.valueStream()
			.filter(candidate -> candidate.path("offering").asString().equals(provider + "/" + model.slug()))
			.map(candidate -> candidate.path("circuit").asString())
			.findFirst()
			.orElse("none");
		return measured.equals(explained) ? measured : measured + ", but explained as " + explained;
	}

	String metrics() {
		return this.gateway.metrics();
	}

	/** The records of a model, oldest first. */
	List<GenerationRecord> records(Model model) {
		return records("select id from generation where model = ? order by created_at, id", model.slug());
	}

	/** All records. */
	List<GenerationRecord> records() {
		return records("select id from generation");
	}

	private List<GenerationRecord> records(String sql, Object... parameters) {
		return this.gateway.bean(JdbcClient.class)
			.sql(sql)
			.params(parameters)
			.query(String.class)
			.list()
			.stream()
			.map(id -> this.gateway.bean(Ledger.class).find(id).block().orElseThrow())
			.toList();
	}

	/** Files of the spool: those in its directory, and those that are only open still. */
	List<String> spoolFiles() {
		List<String> found = new ArrayList<>();
		Path spool = this.data.resolve("spool");
		try (Stream<Path> files = Files.list(spool)) {
			files.forEach(file -> found.add(file.toString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Path open = Path.of("/proc/self/fd");
		if (!Files.isDirectory(open)) {
			return found;
		}
		try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(open)) {
			for (Path descriptor : descriptors) {
				target(descriptor).filter(file -> file.startsWith(spool.toString())).forEach(found::add);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return found;
	}

	private static Stream<String> target(Path descriptor) {
		try {
			return Stream.of(Files.readSymbolicLink(descriptor).toString());
		}
		catch (IOException closed) {
			return Stream.empty();
		}
	}

	@Override
	public void close() {
		this.clients.shutdownNow();
		this.gateway.close();
		this.openAi.close();
		this.replicate.close();
		this.fal.close();
		this.gemini.close();
		this.healthy.close();
		this.resetting.close();
		this.resettingJobs.close();
	}

}
