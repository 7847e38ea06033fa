package dev.heliostat.catalog;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderFailure;

/**
 * A company or server that runs models, as data.
 *
 * @param name the id in configuration, offerings and metrics
 * @param label the name for people
 * @param baseUrl the origin and path that every endpoint is relative to; empty for the
 * built-in sandbox, and for a self-hosted provider until it is configured
 * @param auth how the credential is sent
 * @param hosts hosts beside the base URL's own whose result, poll and cancel URLs are
 * followed; {@code *.} stands for any subdomain
 * @param errors which failures mean what; the first that matches counts
 * @param limits times and counts
 * @param options what an operator may, or must, set beside the credential; their values
 * stand in templates
 * @param docsUrl where the API is documented
 */
public record Provider(String name, String label, Optional<String> baseUrl, Auth auth, Set<String> hosts,
		List<ErrorRule> errors, Limits limits, Map<String, Option> options, Optional<URI> docsUrl) {

	/**
	 * Something that an operator may set as {@code heliostat.providers.<name>.options.*}.
	 *
	 * @param defaultValue what counts when nothing is set; empty where it must be set
	 * @param description what it is
	 */
	public record Option(Optional<String> defaultValue, String description) {
	}

	/**
	 * How a credential travels.
	 *
	 * @param required whether the provider is off without one
	 * @param scheme how it is used
	 * @param header the request header
	 * @param prefix what stands before the credential, such as {@code "Bearer "}
	 * @param variables the environment variables that hold it, the first that is set
	 * counts
	 */
	public record Auth(boolean required, Scheme scheme, String header, String prefix, List<String> variables) {

		/** How a credential is used. */
		public enum Scheme {

			/** It is sent in a header as it is. */
			HEADER,
			/** User and password, as HTTP Basic has it. */
			BASIC,
			/** A Google service account, exchanged for tokens of an hour. */
			GOOGLE,
			/** An AWS access key that signs requests (SigV4), or a bearer key. */
			AWS

		}

	}

	/**
	 * Tells one class of failure. Every condition that is given must hold.
	 *
	 * @param status HTTP status; empty for any
	 * @param code the exact {@code error.code}, {@code error.type} or {@code title} of
	 * the body
	 * @param contains a regular expression found in the body's message, case ignored
	 * @param jobFailed whether the rule is about a job that was accepted and then ended
	 * badly
	 * @param kind the class
	 * @param billed whether the provider charges for it
	 */
	public record ErrorRule(Optional<Integer> status, Optional<String> code, Optional<String> contains,
			boolean jobFailed, ProviderFailure.Kind kind, Billed billed) {
	}

	/**
	 * Times and counts.
	 *
	 * @param connectTimeout to a connection
	 * @param responseTimeout to the next bytes of an answer
	 * @param connections the most connections at once
	 * @param pollEvery the shortest pause between two polls of a job
	 * @param submissions what one credential may do; operators may say it too
	 */
	public record Limits(Duration connectTimeout, Duration responseTimeout, int connections, Duration pollEvery,
			Submissions submissions) {
	}

	/**
	 * What a provider permits one credential.
	 *
	 * @param atOnce the most submissions under way, jobs until their end; empty for any
	 * @param perMinute the most submissions begun in a minute; empty for any
	 * @param imagesPerMinute the most pictures begun in a minute; empty for any
	 * @param megapixelsPerMinute the most megapixels begun in a minute; empty for any
	 */
	public record Submissions(Optional<Integer> atOnce, Optional<Integer> perMinute, Optional<Integer> imagesPerMinute,
			Optional<Integer> megapixelsPerMinute) {
	}

}
