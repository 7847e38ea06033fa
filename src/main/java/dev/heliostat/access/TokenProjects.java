package dev.heliostat.access;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliostat.access.AccessProperties.Oidc;
import dev.heliostat.image.GatewayError;
import org.springframework.security.oauth2.jwt.Jwt;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The projects that tokens of an identity provider belong to, by one of their claims.
 */
final class TokenProjects {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Oidc oidc;

	private final Projects projects;

	private final Cache<String, Optional<Project>> remembered = Caffeine.newBuilder()
		.maximumSize(1000)
		.expireAfterWrite(Duration.ofSeconds(4))
		.build();

	TokenProjects(Oidc oidc, Projects projects) {
		this.oidc = oidc;
		this.projects = projects;
	}

	/**
	 * The project of a token. Fails with {@code KeyNotAllowed} where there is none, or
	 * where it is archived.
	 */
	Mono<Project> of(Jwt token) {
		String id = id(token);
		Optional<Project> known = this.remembered.getIfPresent(id);
		return ((known != null) ? Mono.just(known)
				: this.projects.find(id).doOnNext(found -> this.remembered.put(id, found)))
			.map(found -> {
				Project project = found.orElseThrow(() -> new GatewayError.KeyNotAllowed(
						"The token belongs to the project '" + id + "', which does not exist here. Ask the operator.")
					.asException());
				if (project.archivedAt().isPresent()) {
					throw StoredCallers.archived(id);
				}
				return project;
			});
	}

	private String id(Jwt token) {
		if (this.oidc.projectClaim().isEmpty()) {
			return Project.DEFAULT;
		}
		String value = claim(token.getClaims(), this.oidc.projectClaim());
		String id = this.oidc.projects().isEmpty() ? value : this.oidc.projects().getOrDefault(value, "");
		if (id.isEmpty()) {
			throw new GatewayError.KeyNotAllowed("The token's claim " + this.oidc.projectClaim() + " is "
					+ (value.isEmpty() ? "missing" : "'" + value + "'")
					+ ", and no project belongs to that. The operator can add one to heliostat.access.oidc.projects.")
				.asException();
		}
		return id;
	}

	/** A claim by its name, or by a JSON pointer that leads further into it. */
	private static String claim(Map<String, Object> claims, String name) {
		if (!name.startsWith("/")) {
			return (claims.get(name) instanceof String text) ? text : "";
		}
		JsonNode found = JSON.valueToTree(claims).at(name);
		return found.isString() ? found.asString() : "";
	}

	/** Forgets what was looked up, because somebody changed something. */
	void forget() {
		this.remembered.invalidateAll();
	}

}
