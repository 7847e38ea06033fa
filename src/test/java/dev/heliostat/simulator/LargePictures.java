package dev.heliostat.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A provider whose pictures are large, and which knows no shape but that of OpenAI's
 * answers: base64, or a URL, by the kind that a prompt names. It can hold its answers
 * back until so many requests have come that they are surely all under way at once.
 */
public final class LargePictures implements AutoCloseable {

	private static final byte[] BEFORE = "{\"created\":1,\"data\":[{\"b64_json\":\""
		.getBytes(StandardCharsets.US_ASCII);

	private static final byte[] AFTER = "\"}]}".getBytes(StandardCharsets.US_ASCII);

	private static final long GIGABYTE = 1L << 30;

	private static final int PIECE = 16 * 1024;

	private final HttpServer server;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final AtomicLong received = new AtomicLong();

	private volatile byte[] picture = {};

	private volatile byte[] base64 = {};

	private volatile CountDownLatch together = new CountDownLatch(0);

	public LargePictures() {
		try {
			this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1000);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	public String baseUrl() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	/**
	 * What the next requests get.
	 * @param together how many requests come before the first is answered
	 */
	public void next(byte[] picture, int together) {
		this.picture = picture;
		this.base64 = Base64.getEncoder().encode(picture);
		this.together = new CountDownLatch(together);
		this.received.set(0);
	}

	/** The picture as it is to arrive. */
	public byte[] base64() {
		return this.base64;
	}

	/** How many bytes of requests came since the last {@code next}. */
	public long received() {
		return this.received.get();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			if (exchange.getRequestMethod().equals("GET")) {
				file(exchange);
				return;
			}
			String kind = kind(exchange.getRequestBody());
			if (!kind.equals("small") && !kind.contains("endless")) {
				this.together.countDown();
				this.together.await(60, TimeUnit.SECONDS);
			}
			answer(exchange, kind);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Reads a body to its end, and what of it says the kind. */
	private String kind(InputStream body) throws IOException {
		byte[] piece = new byte[64 * 1024];
		String kind = "base64";
		int count = body.read(piece);
		while (count >= 0) {
			this.received.addAndGet(count);
			String text = new String(piece, 0, Math.min(count, 2000), StandardCharsets.ISO_8859_1);
			for (String each : new String[] { "small", "url", "endless-base64", "endless-raw", "endless-file" }) {
				if (text.contains("kind " + each)) {
					kind = each;
				}
			}
			count = body.read(piece);
		}
		return kind;
	}

	private void answer(HttpExchange exchange, String kind) throws IOException {
		String type = kind.equals("endless-raw") ? "image/png" : "application/json";
		exchange.getResponseHeaders().set("content-type", type);
		OutputStream out = exchange.getResponseBody();
		switch (kind) {
			case "endless-raw", "endless-base64" -> {
				exchange.sendResponseHeaders(200, GIGABYTE);
				byte[] piece = new byte[64 * 1024];
				Arrays.fill(piece, (byte) 'A');
				out.write(BEFORE);
				for (long sent = BEFORE.length; sent < GIGABYTE; sent += piece.length) {
					send(out, piece, GIGABYTE - sent);
				}
			}
			case "url", "endless-file" -> {
				byte[] text = ("{\"data\":[{\"index\":0,\"url\":\"" + baseUrl() + "/" + kind + ".png\"}]}")
					.getBytes(StandardCharsets.US_ASCII);
				exchange.sendResponseHeaders(200, text.length);
				out.write(text);
			}
			default -> {
				byte[] text = kind.equals("small") ? Base64.getEncoder().encode(TestPictures.picture(64, 64, "png"))
						: this.base64;
				exchange.sendResponseHeaders(200, BEFORE.length + text.length + AFTER.length);
				out.write(BEFORE);
				send(out, text, text.length);
				out.write(AFTER);
			}
		}
	}

	private void file(HttpExchange exchange) throws IOException {
		boolean endless = exchange.getRequestURI().getPath().contains("endless");
		exchange.getResponseHeaders().set("content-type", "image/png");
		exchange.sendResponseHeaders(200, endless ? GIGABYTE : this.picture.length);
		OutputStream out = exchange.getResponseBody();
		send(out, this.picture, GIGABYTE);
		for (long sent = this.picture.length; endless && sent < GIGABYTE; sent += this.picture.length) {
			send(out, this.picture, GIGABYTE - sent);
		}
	}

	/** The server takes as much memory as it is given bytes. */
	private static void send(OutputStream out, byte[] bytes, long most) throws IOException {
		int length = (int) Math.min(bytes.length, most);
		for (int at = 0; at < length; at += PIECE) {
			out.write(bytes, at, Math.min(PIECE, length - at));
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
