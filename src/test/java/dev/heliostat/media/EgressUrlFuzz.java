package dev.heliostat.media;

import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import okhttp3.HttpUrl;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz target: a URL that the guard lets pass is https, and names one host, and four
 * readers of URLs that know nothing of each other agree on that host and its port.
 */
public final class EgressUrlFuzz {

	private static final EgressGuard GUARD = new EgressGuard(WebClient.builder(),
			new EgressProperties(List.of(), DataSize.ofKilobytes(1), Duration.ofSeconds(10)), Duration.ofSeconds(1));

	private static final Set<String> TRUSTED = Set.of("provider.example", "cdn.example:8443", "*.files.example");

	private EgressUrlFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] input) {
		String text = new String(input, StandardCharsets.UTF_8);
		check(text);
		check("https://" + text);
		check("https://" + text + "/a.png");
		check("https://provider.example" + text);
	}

	private static void check(String text) {
		URI url;
		try {
			url = new URI(text);
		}
		catch (URISyntaxException ex) {
			return;
		}
		if (GUARD.refusal(url, Set.of()).isEmpty()) {
			assertThat(url.getScheme().toLowerCase(Locale.ROOT)).isEqualTo("https");
			agreed(text, url);
			isPublic(url);
		}
		if (TrustedHosts.admit(url, TRUSTED) && GUARD.refusal(url, TRUSTED).isEmpty()) {
			agreed(text, url);
			String host = url.getHost().toLowerCase(Locale.ROOT);
			assertThat(host.equals("provider.example") || host.equals("cdn.example") || host.endsWith(".files.example"))
				.as(text)
				.isTrue();
		}
		// What the connector is made for does not throw anything of its own.
		try {
			GUARD.clientFor(url, TRUSTED);
		}
		catch (NoPictureException ex) {
			assertThat(ex.getMessage()).isNotBlank();
		}
	}

	private static void agreed(String text, URI url) {
		int port = (url.getPort() >= 0) ? url.getPort() : (url.getScheme().equalsIgnoreCase("https") ? 443 : 80);
		assertThat(url.getRawUserInfo()).as(text).isNull();
		try {
			assertThat(plain(url.toURL().getHost())).as(text).isEqualTo(plain(url.getHost()));
		}
		catch (MalformedURLException | IllegalArgumentException ex) {
			throw new AssertionError(text, ex);
		}
		HttpUrl other = HttpUrl.parse(text);
		if (other != null) {
			assertThat(plain(other.host())).as(text).isEqualTo(plain(url.getHost()));
			assertThat(other.port()).as(text).isEqualTo(port);
		}
		spring(text).ifPresent(browser -> {
			assertThat(plain(String.valueOf(browser.getHost()))).as(text).isEqualTo(plain(url.getHost()));
			assertThat((browser.getPort() >= 0) ? browser.getPort() : port).as(text).isEqualTo(port);
		});
	}

	/** As browsers read URLs. */
	private static Optional<UriComponents> spring(String text) {
		try {
			return Optional
				.of(UriComponentsBuilder.fromUriString(text, UriComponentsBuilder.ParserType.WHAT_WG).build());
		}
		catch (RuntimeException ex) {
			return Optional.empty();
		}
	}

	/** One way of writing for each host. */
	private static String plain(String host) {
		String bare = host.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
		if (bare.contains(":")) {
			try {
				return InetAddress.ofLiteral(bare).getHostAddress();
			}
			catch (IllegalArgumentException ex) {
				return bare;
			}
		}
		return bare;
	}

	private static void isPublic(URI url) {
		Optional<InetAddress> address = PlainHost.of(url).orElseThrow().address();
		if (address.isEmpty()) {
			return;
		}
		try {
			InetAddress resolved = InetAddress.getByName(url.getHost());
			assertThat(resolved).isEqualTo(address.get());
			assertThat(resolved.isLoopbackAddress() || resolved.isAnyLocalAddress() || resolved.isLinkLocalAddress()
					|| resolved.isSiteLocalAddress() || resolved.isMulticastAddress())
				.as(url.toString())
				.isFalse();
		}
		catch (UnknownHostException ex) {
			throw new AssertionError(url.toString(), ex);
		}
	}

}
