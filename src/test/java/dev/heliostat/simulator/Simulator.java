package dev.heliostat.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A provider that plays its part on a loopback port: it answers as the real one does,
 * fails as it is told, and keeps a log of what it was sent.
 */
public abstract class Simulator implements AutoCloseable {

	protected static final JsonMapper JSON = JsonMapper.builder().build();

	static {
		// Two first requests at once would wait for each other on an event loop.
		JSON.readTree("{}");
	}

	/**
	 * A gateway that is closed ends the event loops that all others of a process share.
	 */
	private static final LoopResources LOOPS = LoopResources.create("simulator", LoopResources.DEFAULT_IO_WORKER_COUNT,
			true);

	private final List<Received> log = new CopyOnWriteArrayList<>();

	private final Set<String> failedOnce = ConcurrentHashMap.newKeySet();

	private final DisposableServer server;

	protected Simulator(int port) {
		this.server = HttpServer.create()
			.runOn(LOOPS)
			.host("127.0.0.1")
			.port(port)
			.childOption(ChannelOption.SO_REUSEADDR, true)
			.handle(this::receive)
			.bindNow();
	}

	/**
	 * A request that arrived.
	 *
	 * @param method its method
	 * @param path its path with the query
	 * @param headers its headers, names in lower case
	 * @param bytes its body
	 */
	public record Received(String method, String path, Map<String, String> headers, byte[] bytes) {

		/** The body as text. */
		public String body() {
			return new String(this.bytes, StandardCharsets.UTF_8);
		}

		/** The path without the query. */
		public String plainPath() {
			return this.path.split("\\?")[0];
		}

		/** The parts of a multipart body, in order; a name may come more than once. */
		public List<Part> parts() {
			return Part.parse(this.headers.getOrDefault("content-type", ""), this.bytes);
		}

		public JsonNode json() {
			return JSON.readTree(this.bytes);
		}

	}

	/**
	 * One part of a multipart body.
	 *
	 * @param name its field
	 * @param filename as it was declared; empty when it was not
	 * @param type its content type as it was declared; empty when it was not
	 * @param bytes what it holds
	 */
	public record Part(String name, String filename, String type, byte[] bytes) {

		private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");

		public String text() {
			return new String(this.bytes, StandardCharsets.UTF_8);
		}

		private static List<Part> parse(String contentType, byte[] body) {
			Matcher boundary = BOUNDARY.matcher(contentType);
			if (!contentType.startsWith("multipart/form-data") || !boundary.find()) {
				return List.of();
			}
			List<Part> parts = new ArrayList<>();
			String text = new String(body, StandardCharsets.ISO_8859_1);
			for (String piece : text.split(Pattern.quote("--" + boundary.group(1)))) {
				int head = piece.indexOf("\r\n\r\n");
				if (head > 0) {
					String headers = piece.substring(0, head);
					byte[] bytes = piece.substring(head + 4, piece.length() - 2).getBytes(StandardCharsets.ISO_8859_1);
					parts.add(new Part(found(headers, "[; ]name=\"([^\"]*)\""), found(headers, "filename=\"([^\"]*)\""),
							found(headers, "(?i)content-type: ([^\r\n]+)"), bytes));
				}
			}
			return parts;
		}

		private static String found(String text, String expression) {
			Matcher matcher = Pattern.compile(expression).matcher(text);
			return matcher.find() ? matcher.group(1) : "";
		}

	}

	private Publisher<Void> receive(HttpServerRequest request, HttpServerResponse response) {
		return request.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]).flatMap(body -> {
			Map<String, String> headers = new java.util.HashMap<>();
			request.requestHeaders().forEach(header -> headers.put(header.getKey().toLowerCase(), header.getValue()));
			Received received = new Received(request.method().name(), request.uri(), headers, body);
			this.log.add(received);
			return Mono.from(answer(received, request, response));
		});
	}

	protected abstract Publisher<Void> answer(Received received, HttpServerRequest request,
			HttpServerResponse response);

	/** The simulator's origin. */
	public String origin() {
		return "http://127.0.0.1:" + this.server.port();
	}

	public List<Received> log() {
		return List.copyOf(this.log);
	}

	/** Requests that might have cost money: those that ask for pictures. */
	public List<Received> submissions() {
		return this.log.stream().filter(this::isSubmission).toList();
	}

	protected abstract boolean isSubmission(Received received);

	public void clear() {
		this.log.clear();
		this.failedOnce.clear();
	}

	/**
	 * Turns a status such as {@code 500-once} into that status the first time that a
	 * prompt comes, and into none afterwards.
	 */
	protected Scenario once(String prompt, Scenario scenario) {
		String status = scenario.text("status", "");
		if (!status.endsWith("-once")) {
			return scenario;
		}
		return this.failedOnce.add(prompt) ? scenario.with("status", status.replace("-once", ""))
				: scenario.without("status");
	}

	protected static Mono<Void> json(HttpServerResponse response, int status, String body) {
		return response.status(status).header("content-type", "application/json").sendString(Mono.just(body)).then();
	}

	protected static Mono<Void> later(Duration delay, Mono<Void> answer) {
		return delay.isZero() ? answer : Mono.delay(delay).then(answer);
	}

	/** Never answers: not even headers come. */
	protected static Mono<Void> silence() {
		return Mono.never();
	}

	/** Sends the headers and half of a body, and nothing ever after. */
	protected static Mono<Void> stalled(HttpServerResponse response, String type, byte[] body) {
		return half(response, type, body, Mono.never());
	}

	/** Sends half of a body, and breaks the connection. */
	protected static Mono<Void> cut(HttpServerResponse response, String type, byte[] body) {
		return half(response, type, body, Mono.delay(Duration.ofMillis(50)).then(Mono.error(new IOException("cut"))));
	}

	private static Mono<Void> half(HttpServerResponse response, String type, byte[] body, Mono<ByteBuf> rest) {
		return response.header("content-type", type)
			.header("content-length", Integer.toString(body.length))
			.send(Flux.just(Unpooled.wrappedBuffer(body, 0, body.length / 2)).concatWith(rest), sent -> true)
			.then();
	}

	/** Closes the connection with a reset, without an answer. */
	protected static Mono<Void> reset(HttpServerResponse response) {
		return Mono.fromRunnable(() -> response.withConnection(connection -> {
			Channel channel = connection.channel();
			SocketChannel socket = (SocketChannel) (channel instanceof SocketChannel ? channel : channel.parent());
			socket.config().setSoLinger(0);
			socket.close();
		})).then(Mono.delay(Duration.ofMillis(50))).then();
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(TimeUnit.SECONDS.toSeconds(3)));
	}

}
