package dev.heliostat.testing;

import java.io.ByteArrayOutputStream;
import java.net.HttpCookie;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.testing.Gateway.Answer;

/**
 * What a browser does without any script: keeps cookies, and sends forms.
 */
public final class Browser {

	private static final Pattern TOKEN = Pattern.compile("name=\"_token\" value=\"([^\"]+)\"");

	private final Gateway gateway;

	private final Map<String, String> cookies = new LinkedHashMap<>();

	public Browser(Gateway gateway) {
		this.gateway = gateway;
	}

	/** Signs in as a person would. */
	public static Browser signedIn(Gateway gateway, String key) {
		Browser browser = new Browser(gateway);
		browser.signIn(key);
		return browser;
	}

	/** Pastes a key into the page. */
	public Answer signIn(String key, String... more) {
		String token = token(get("/sign-in"));
		Map<String, String> fields = new LinkedHashMap<>();
		fields.put("_token", token);
		fields.put("key", key);
		for (int i = 0; i < more.length; i += 2) {
			fields.put(more[i], more[i + 1]);
		}
		return post("/sign-in", fields);
	}

	public Answer get(String path, String... headers) {
		return send(path, request(path).GET(), headers);
	}

	public Answer post(String path, Map<String, String> fields, String... headers) {
		StringJoiner body = new StringJoiner("&");
		fields.forEach((name, value) -> body.add(encoded(name) + "=" + encoded(value)));
		return send(path, request(path).header("content-type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString(body.toString())), headers);
	}

	/** Sends a form as it is written. */
	public Answer body(String path, String type, byte[] body, String... headers) {
		return send(path, request(path).header("content-type", type).POST(HttpRequest.BodyPublishers.ofByteArray(body)),
				headers);
	}

	/** Sends a form with files; one without bytes is a place where none was chosen. */
	public Answer multipart(String path, Map<String, String> fields, Map<String, byte[]> files, String... headers) {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		fields.forEach((name, value) -> body
			.writeBytes(("--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n")
				.getBytes(StandardCharsets.UTF_8)));
		files.forEach((name, bytes) -> {
			String file = (bytes.length == 0) ? "" : name + ".png";
			body.writeBytes(("--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + file
					+ "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
				.getBytes(StandardCharsets.UTF_8));
			body.writeBytes(bytes);
			body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
		});
		body.writeBytes("--edge--\r\n".getBytes(StandardCharsets.UTF_8));
		return body(path, "multipart/form-data; boundary=edge", body.toByteArray(), headers);
	}

	private HttpRequest.Builder request(String path) {
		HttpRequest.Builder request = this.gateway.request(path, "").header("accept", "text/html,*/*;q=0.8");
		if (!this.cookies.isEmpty()) {
			StringJoiner sent = new StringJoiner("; ");
			this.cookies.forEach((name, value) -> sent.add(name + "=" + value));
			request.header("cookie", sent.toString());
		}
		return request;
	}

	private Answer send(String path, HttpRequest.Builder request, String... headers) {
		if (headers.length > 0) {
			request.headers(headers);
		}
		Answer answer = this.gateway.send(request);
		answer.response().headers().allValues("set-cookie").forEach(text -> HttpCookie.parse(text).forEach(cookie -> {
			if (cookie.getMaxAge() == 0) {
				this.cookies.remove(cookie.getName());
			}
			else {
				this.cookies.put(cookie.getName(), cookie.getValue());
			}
		}));
		return answer;
	}

	/** Forgets or sets a cookie. */
	public Map<String, String> cookies() {
		return this.cookies;
	}

	/** The token in the first form of a page. */
	public static String token(Answer page) {
		Matcher matcher = TOKEN.matcher(page.text());
		if (!matcher.find()) {
			throw new IllegalStateException("no form in " + page.text());
		}
		return matcher.group(1);
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

}
