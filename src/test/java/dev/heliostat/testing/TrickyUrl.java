package dev.heliostat.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of {@code egress/urls.txt}: a URL that somebody else wrote, and what the egress
 * guard says of it.
 *
 * @param url as it would be sent
 * @param rule the part of the refusal that names the rule; {@code -} where it may pass
 */
public record TrickyUrl(String url, String rule) {

	private static final Pattern UNICODE = Pattern.compile("\\\\u([0-9a-f]{4})");

	public boolean isRefused() {
		return !this.rule.equals("-");
	}

	public boolean isReadable() {
		return !this.rule.equals("cannot be read");
	}

	public static List<TrickyUrl> all() {
		try (BufferedReader lines = new BufferedReader(new InputStreamReader(
				TrickyUrl.class.getResourceAsStream("/egress/urls.txt"), StandardCharsets.UTF_8))) {
			return lines.lines()
				.filter(line -> !line.isBlank() && !line.startsWith("#"))
				.map(TrickyUrl::parse)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static TrickyUrl parse(String line) {
		int bar = line.lastIndexOf('|');
		String url = UNICODE.matcher(line.substring(0, bar).strip())
			.replaceAll(found -> String.valueOf((char) Integer.parseInt(found.group(1), 16)));
		return new TrickyUrl(url.translateEscapes(), line.substring(bar + 1).strip());
	}

	@Override
	public String toString() {
		return this.url.translateEscapes().replaceAll("[^ -~]", "?") + " (" + this.rule + ")";
	}

}
