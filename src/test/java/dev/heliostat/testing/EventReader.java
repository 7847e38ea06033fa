package dev.heliostat.testing;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client that reads a stream of events at its own speed.
 */
public final class EventReader implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final HttpHeaders headers;

	private final InputStream body;

	private final BufferedReader lines;

	private EventReader(HttpHeaders headers, InputStream body) {
		this.headers = headers;
		this.body = body;
		this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
	}

	/** Sends a request, and reads nothing yet. */
	public static EventReader open(HttpRequest.Builder request) {
		try {
			HttpResponse<InputStream> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
			return new EventReader(response.headers(), response.body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sends a JSON body over a connection that holds next to nothing of the answer until
	 * it is read.
	 */
	public static EventReader narrow(URI url, String key, String json) {
		try {
			Socket socket = new Socket();
			socket.setReceiveBufferSize(16 * 1024);
			socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
			byte[] body = json.getBytes(StandardCharsets.UTF_8);
			String head = "POST " + url.getPath() + " HTTP/1.1\r\nhost: " + url.getHost() + "\r\nauthorization: Bearer "
					+ key + "\r\ncontent-type: application/json\r\ncontent-length: " + body.length + "\r\n\r\n";
			socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
			socket.getOutputStream().write(body);
			return new EventReader(HttpHeaders.of(Map.of(), (name, value) -> true),
					new Chunks(new BufferedInputStream(socket.getInputStream())));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The body of a chunked answer, which is read when somebody reads this. */
	private static final class Chunks extends InputStream {

		private final InputStream wire;

		private boolean headed;

		private int left;

		Chunks(InputStream wire) {
			this.wire = wire;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			while (!this.headed) {
				this.headed = line().isEmpty();
			}
			if (this.left == 0) {
				this.left = Integer.parseInt(line(), 16);
				if (this.left == 0) {
					return -1;
				}
			}
			int count = this.wire.read(bytes, offset, Math.min(length, this.left));
			this.left -= count;
			if (this.left == 0) {
				line();
			}
			return count;
		}

		private String line() throws IOException {
			StringBuilder line = new StringBuilder();
			for (int next = this.wire.read(); next != '\n'; next = this.wire.read()) {
				if (next < 0) {
					throw new IOException("the answer is cut off");
				}
				line.append((char) next);
			}
			return line.toString().strip();
		}

	}

	/**
	 * A comment or an event.
	 *
	 * @param name the event's name; empty for a comment
	 * @param text the comment, or the event's data
	 */
	public record Item(String name, String text) {

		public JsonNode json() {
			return JSON.readTree(this.text);
		}

		public byte[] picture() {
			return Base64.getDecoder().decode(json().path("b64_json").asString());
		}

	}

	/** A header of the answer; empty where it has none. */
	public String header(String name) {
		return this.headers.firstValue(name).orElse("");
	}

	/** The next item; one without a name and text at the end. */
	public Item next() {
		try {
			String name = "";
			String text = "";
			String line = this.lines.readLine();
			while (line != null && !line.isEmpty()) {
				if (line.startsWith("event: ")) {
					name = line.substring("event: ".length());
				}
				else if (line.startsWith("data: ") || line.startsWith(": ")) {
					text = line.substring(line.indexOf(' ') + 1);
				}
				else {
					throw new IllegalStateException("an unexpected line: " + line);
				}
				line = this.lines.readLine();
			}
			return new Item(name, text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The next event; comments are skipped. */
	public Item event() {
		Item item = next();
		while (item.name().isEmpty() && !item.text().isEmpty()) {
			item = next();
		}
		return item;
	}

	/** Everything to the end. */
	public List<Item> rest() {
		List<Item> items = new ArrayList<>();
		for (Item item = next(); !item.text().isEmpty(); item = next()) {
			items.add(item);
		}
		return items;
	}

	/** Goes away. */
	@Override
	public void close() {
		try {
			this.body.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
