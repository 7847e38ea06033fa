package dev.heliostat.access;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How keys are judged.
 *
 * @param allowWeakKeys whether short or well-known configured keys are accepted; for
 * experiments on one machine only
 * @param projects what all keys of a project may use, by the project's id
 * @param keys what one key may use, by its id, such as {@code key_bootstrap_live}
 * @param declaredKeys keys that are kept in configuration, by their ids
 * @param trustedProxies networks in CIDR form whose {@code X-Forwarded-For} is believed
 * @param throttle when an address that sends wrong keys has to wait
 * @param oidc tokens of an identity provider that are accepted as keys
 * @param budgets what keys, projects and end users may spend
 * @param limits how fast callers may ask for pictures
 */
@Validated
@ConfigurationProperties(prefix = "heliostat.access", ignoreUnknownFields = false)
record AccessProperties(@DefaultValue("false") boolean allowWeakKeys, @DefaultValue Map<String, Scope> projects,
		@DefaultValue Map<String, Scope> keys, @DefaultValue Map<String, DeclaredKey> declaredKeys,
		@DefaultValue List<Network> trustedProxies, @DefaultValue @Valid Throttle throttle, @DefaultValue Oidc oidc,
		@DefaultValue List<ConfiguredBudget> budgets,
		@NestedConfigurationProperty @DefaultValue @Valid LimitProperties limits) {

	/**
	 * A key that is kept in configuration. Exactly one of value, file and hash is set.
	 *
	 * @param kind what it may be used for
	 * @param project the id of its project, which is made at the start where there is
	 * none
	 * @param name its name for people
	 * @param value the key itself, best as a reference: <code>${WEB_KEY}</code>
	 * @param valueFile a file that holds it
	 * @param hash its SHA-256 in hexadecimal digits
	 * @param scopes what it may use
	 * @param tags the operator's own words about it
	 */
	record DeclaredKey(Optional<Caller.Kind> kind, @DefaultValue(Project.DEFAULT) String project,
			@DefaultValue("") String name, @DefaultValue("") String value, @DefaultValue("") String valueFile,
			@DefaultValue("") String hash, @DefaultValue Scope scopes, @DefaultValue Map<String, String> tags) {

		/** Shows no key. */
		@Override
		public String toString() {
			return "DeclaredKey[" + this.name + "]";
		}

	}

	/**
	 * When an address that sends wrong keys has to wait.
	 *
	 * @param failures how many wrong keys an address may send within the window before
	 * keys that were not good there lately are refused unseen; 0 for any number
	 * @param window how long wrong keys are counted
	 */
	record Throttle(@DefaultValue("100") @Min(0) int failures, @DefaultValue("1m") Duration window) {
	}

	/**
	 * Tokens of an identity provider that are accepted as keys.
	 *
	 * @param issuer who has to have issued them; empty for none
	 * @param jwksUri where the issuer's keys are, https, http or file; empty for what the
	 * issuer's own description says
	 * @param jwksTokenFile a file with a token to send when its keys are read, such as
	 * that of the pod
	 * @param jwksCaFile a file with the certificates to trust when its keys are read
	 * @param audiences for whom they have to be: one of these
	 * @param algorithms how they may be signed
	 * @param subjectClaim the claim that says whose they are
	 * @param projectClaim the claim that says the project, or a JSON pointer to it; empty
	 * for the default project
	 * @param projects projects by what that claim says; where there are none, the claim
	 * says the project's id
	 * @param kind what the callers may do
	 * @param scopes what the callers may use
	 * @param clockSkew how far clocks may differ
	 */
	record Oidc(@DefaultValue("") String issuer, @DefaultValue("") String jwksUri,
			@DefaultValue("") String jwksTokenFile, @DefaultValue("") String jwksCaFile,
			@DefaultValue List<String> audiences, @DefaultValue( {
					"RS256", "ES256" }) List<String> algorithms,
			@DefaultValue("sub") String subjectClaim, @DefaultValue("") String projectClaim,
			@DefaultValue Map<String, String> projects, @DefaultValue("live") Caller.Kind kind,
			@NestedConfigurationProperty @DefaultValue Scope scopes, @DefaultValue("30s") Duration clockSkew){
	}

	/** A caller with the scopes that configuration gives. */
	Caller scoped(Caller caller) {
		if (this.projects.isEmpty() && this.keys.isEmpty()) {
			return caller;
		}
		List<Scope> scopes = Stream.of(this.projects.get(caller.project()), this.keys.get(caller.keyId()))
			.flatMap(scope -> Optional.ofNullable(scope).stream())
			.toList();
		return caller.within(scopes);
	}

	/** Every project that keys and tokens name. */
	Set<String> namedProjects() {
		Set<String> named = new TreeSet<>(this.oidc.projects().values());
		this.declaredKeys.values().forEach(key -> named.add(key.project()));
		named.remove(Project.DEFAULT);
		return named;
	}

}
