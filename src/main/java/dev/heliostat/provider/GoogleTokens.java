package dev.heliostat.provider;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import com.google.auth.oauth2.GoogleCredentials;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;

/**
 * Google's tokens of an hour: a service account's key is exchanged for them, and they are
 * renewed before they end.
 */
final class GoogleTokens implements Signature {

	private static final List<String> SCOPES = List.of("https://www.googleapis.com/auth/cloud-platform");

	private static final Logger logger = LoggerFactory.getLogger(GoogleTokens.class);

	private final String key;

	private final Scheduler waiting;

	private volatile @Nullable GoogleCredentials credentials;

	/**
	 * Makes an exchange.
	 * @param key the service account's key as JSON, or {@code default} for the credential
	 * of the machine
	 */
	GoogleTokens(String key, Scheduler waiting) {
		this.key = key;
		this.waiting = waiting;
	}

	/** The project that a service account's key names; empty where it names none. */
	static String project(String key) {
		try {
			JsonNode json = JsonMapper.shared().readTree(key);
			return json.path("project_id").asString("");
		}
		catch (JacksonException ex) {
			return "";
		}
	}

	@Override
	public Mono<HttpHeaders> sign(Endpoint endpoint, UpstreamBody body) {
		return Mono.fromCallable(this::token)
			.subscribeOn(this.waiting)
			.doOnError(IOException.class,
					error -> logger.warn("Google gave no token for the configured service account: {}",
							error.getMessage()))
			.onErrorMap(IOException.class,
					error -> new ProviderException(ProviderFailure.of(Kind.AUTH, Billed.NO,
							"Google gave no token for the configured service account")))
			.map(token -> new DefaultHttpHeaders().set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token));
	}

	private String token() throws IOException {
		GoogleCredentials known = this.credentials;
		if (known == null) {
			known = (this.key.equals("default") ? GoogleCredentials.getApplicationDefault()
					: GoogleCredentials.fromStream(new ByteArrayInputStream(this.key.getBytes(StandardCharsets.UTF_8))))
				.createScoped(SCOPES);
			this.credentials = known;
		}
		known.refreshIfExpired();
		return Objects.requireNonNull(known.getAccessToken()).getTokenValue();
	}

}
