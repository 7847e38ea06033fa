package dev.heliostat.access;

import java.util.Map;

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

	private final KnownProjects projects;

	TokenProjects(Oidc oidc, KnownProjects projects) {
		this.oidc = oidc;
		this.projects = projects;
	}

	/**
	 * The project of a token. Fails with {@code KeyNotAllowed} where there is none.
	 */
	Mono<Project> of(Jwt token) {
		String id = id(token);
		return this.projects.find(id)
			.map(found -> found.orElseThrow(() -> new GatewayError.KeyNotAllowed(
					"The token belongs to the project '" + id + "', which does not exist here. Ask the operator.")
				.asException()));
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

}
