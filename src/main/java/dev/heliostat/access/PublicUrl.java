package dev.heliostat.access;

import java.net.URI;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/**
 * The address under which clients reach the gateway: configured, or this machine's; never
 * taken from a Host header.
 */
public final class PublicUrl {

	private static final Logger logger = LoggerFactory.getLogger(PublicUrl.class);

	private final String configured;

	private volatile String local = "http://localhost:8080";

	PublicUrl(String configured) {
		this.configured = configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured;
		if (!configured.isEmpty()) {
			URI uri = URI.create(configured);
			if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
				throw new IllegalArgumentException("heliostat.public-url: " + configured
						+ " (expected: an address such as https://images.example.com)");
			}
		}
	}

	@EventListener
	void serverStarted(WebServerInitializedEvent event) {
		if (event.getApplicationContext().getServerNamespace() == null) {
			this.local = "http://localhost:" + event.getWebServer().getPort();
			if (this.configured.isEmpty()) {
				logger.warn("heliostat.public-url is not set: picture URLs begin with {}", this.local);
			}
		}
	}

	/** The address, without a slash at its end. */
	public String value() {
		return this.configured.isEmpty() ? this.local : this.configured;
	}

}
