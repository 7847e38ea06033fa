package dev.heliostat.provider.sandbox;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;

/**
 * What a caller asks the sandbox to do wrong: in the prompt as
 * {@code [[sandbox: delay=2s, status=429]]}, or in the header {@code x-heliostat-sandbox}
 * without the brackets.
 *
 * @param delay how long to wait first
 * @param failure how the call is to end, when it is to fail
 * @param truncated whether the picture is to be cut off
 * @param unnamed whether the picture is not to say which model it is of
 */
record Faults(Duration delay, Optional<ProviderFailure> failure, boolean truncated, boolean unnamed) {

	private static final Pattern DIRECTIVE = Pattern.compile("\\[\\[sandbox:([^\\]]*)]]");

	private static final Duration LONGEST = Duration.ofMinutes(10);

	private static final String KNOWN = "delay=2s, status=429, retry-after=3, moderation, truncated, lost, refused, unnamed";

	/**
	 * Reads the knobs of a prompt and a header; fails as a caller's fault when one is not
	 * known.
	 */
	static Faults of(String prompt, Optional<String> header) {
		Matcher matcher = DIRECTIVE.matcher(prompt);
		String directives = (matcher.find() ? matcher.group(1) : "") + "," + header.orElse("");
		Reader reader = new Reader();
		for (String directive : directives.split(",")) {
			if (!directive.isBlank()) {
				reader.read(directive.strip());
			}
		}
		return reader.faults();
	}

	/** The prompt without its directives. */
	static String shown(String prompt) {
		return DIRECTIVE.matcher(prompt).replaceAll("").strip();
	}

	/** Collects knobs, since one may refine another. */
	private static final class Reader {

		private Duration delay = Duration.ZERO;

		private OptionalInt status = OptionalInt.empty();

		private Optional<Duration> retryAfter = Optional.empty();

		private Optional<ProviderFailure> failure = Optional.empty();

		private boolean truncated;

		private boolean unnamed;

		void read(String directive) {
			int equals = directive.indexOf('=');
			String name = (equals < 0) ? directive : directive.substring(0, equals).strip();
			String value = (equals < 0) ? "" : directive.substring(equals + 1).strip();
			switch (name) {
				case "delay" -> this.delay = duration(directive, value);
				case "retry-after" -> this.retryAfter = Optional.of(duration(directive, value));
				case "status" -> this.status = OptionalInt.of(status(directive, value));
				case "moderation" -> this.failure = Optional.of(new ProviderFailure(Kind.MODERATION, Billed.NO, 0,
						"the sandbox was asked to refuse this prompt", Optional.empty(), Optional.empty(),
						Optional.of(ProviderFailure.Moderation.UNKNOWN)));
				case "truncated" -> this.truncated = true;
				case "unnamed" -> this.unnamed = true;
				case "lost" -> this.failure = Optional
					.of(ProviderFailure.of(Kind.LOST, Billed.MAYBE, "the sandbox was asked to lose the connection"));
				case "refused" -> this.failure = Optional
					.of(ProviderFailure.of(Kind.CONNECT, Billed.NO, "the sandbox was asked to refuse the connection"));
				default -> throw unknown(directive);
			}
		}

		Faults faults() {
			if (this.status.isPresent()) {
				this.failure = Optional.of(failure(this.status.getAsInt(), this.retryAfter));
			}
			return new Faults(this.delay, this.failure, this.truncated, this.unnamed);
		}

		private static ProviderFailure failure(int status, Optional<Duration> retryAfter) {
			Kind kind = switch (status) {
				case 400, 422 -> Kind.INVALID_REQUEST;
				case 401, 403 -> Kind.AUTH;
				case 402 -> Kind.QUOTA;
				case 404 -> Kind.MODEL_NOT_FOUND;
				case 429 -> Kind.RATE_LIMITED;
				case 503, 529 -> Kind.CAPACITY;
				case 504 -> Kind.TIMEOUT;
				default -> Kind.UPSTREAM_ERROR;
			};
			Billed billed = (kind == Kind.UPSTREAM_ERROR || kind == Kind.TIMEOUT) ? Billed.MAYBE : Billed.NO;
			return new ProviderFailure(kind, billed, status, "the sandbox was asked to answer " + status, retryAfter,
					Optional.empty(), Optional.empty());
		}

		private static int status(String directive, String value) {
			if (!value.matches("[45][0-9][0-9]")) {
				throw unknown(directive);
			}
			return Integer.parseInt(value);
		}

		private static Duration duration(String directive, String value) {
			Matcher matcher = Pattern.compile("([0-9]{1,6})(ms|s|m)?").matcher(value);
			if (!matcher.matches()) {
				throw unknown(directive);
			}
			long amount = Long.parseLong(matcher.group(1));
			Duration duration = switch (String.valueOf(matcher.group(2))) {
				case "ms" -> Duration.ofMillis(amount);
				case "m" -> Duration.ofMinutes(amount);
				default -> Duration.ofSeconds(amount);
			};
			return (duration.compareTo(LONGEST) > 0) ? LONGEST : duration;
		}

		private static ProviderException unknown(String directive) {
			return new ProviderException(ProviderFailure.of(Kind.INVALID_REQUEST, Billed.NO,
					"sandbox: " + directive + " (expected knobs such as: " + KNOWN + ")"));
		}

	}

}
