package dev.heliostat.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

import dev.heliostat.image.GatewayError;

/**
 * The few files that pages need: read once, compressed once, and served from memory under
 * names that change with their content. No path of a request becomes a path of a file.
 */
final class Assets {

	private static final String OWN = "/console/assets/";

	private static final String WEBJARS = "/META-INF/resources/webjars/";

	private final Map<String, Asset> byFile = new HashMap<>();

	private final Map<String, String> urls = new LinkedHashMap<>();

	Assets() {
		for (String name : new String[] { "console.css", "console.js", "playground.js", "usage.js", "logo.svg" }) {
			add(name, read(OWN + name));
		}
		add("htmx.js", read(webjar("htmx.org") + "/dist/htmx.min.js"));
		add("uplot.js", read(webjar("uplot") + "/dist/uPlot.iife.min.js"));
		add("uplot.css", read(webjar("uplot") + "/dist/uPlot.min.css"));
	}

	/** A file as it is served. */
	private record Asset(MediaType type, byte[] plain, byte[] gzip, boolean fixed) {
	}

	/** The address of each file by its name, for templates. */
	Map<String, String> urls() {
		return this.urls;
	}

	Mono<ServerResponse> serve(ServerRequest request) {
		Asset asset = this.byFile.get(request.pathVariable("file"));
		if (asset == null) {
			return Mono.error(
					new GatewayError.NotFound("There is no such file. Reload the page that named it.").asException());
		}
		boolean zip = Pages.takesGzip(request);
		ServerResponse.BodyBuilder answer = ServerResponse.ok()
			.contentType(asset.type())
			.header("cache-control", asset.fixed() ? "public, max-age=31536000, immutable" : "no-cache")
			.header("vary", "accept-encoding")
			.header("x-content-type-options", "nosniff");
		if (zip) {
			answer.header("content-encoding", "gzip");
		}
		return answer.bodyValue(zip ? asset.gzip() : asset.plain());
	}

	private void add(String name, byte[] content) {
		int dot = name.lastIndexOf('.');
		String fixed = name.substring(0, dot) + "-" + hash(content) + name.substring(dot);
		MediaType type = switch (name.substring(dot)) {
			case ".css" -> MediaType.parseMediaType("text/css;charset=UTF-8");
			case ".svg" -> MediaType.parseMediaType("image/svg+xml");
			default -> MediaType.parseMediaType("text/javascript;charset=UTF-8");
		};
		byte[] gzip = gzip(content);
		this.byFile.put(fixed, new Asset(type, content, gzip, true));
		this.byFile.put(name, new Asset(type, content, gzip, false));
		this.urls.put(name, "/assets/" + fixed);
	}

	static byte[] gzip(byte[] content) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length / 3 + 64);
		try (GZIPOutputStream zip = new GZIPOutputStream(bytes) {
			{
				this.def.setLevel(Deflater.BEST_COMPRESSION);
			}
		}) {
			zip.write(content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static String webjar(String name) {
		Properties properties = new Properties();
		try (InputStream stream = open("/META-INF/maven/org.webjars.npm/" + name + "/pom.properties")) {
			properties.load(stream);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return WEBJARS + name + "/" + properties.getProperty("version");
	}

	private static byte[] read(String path) {
		try (InputStream stream = open(path)) {
			return stream.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static InputStream open(String path) {
		InputStream stream = Assets.class.getResourceAsStream(path);
		if (stream == null) {
			throw new IllegalStateException(path + " is not on the class path");
		}
		return stream;
	}

	private static String hash(byte[] content) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 5);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
