package dev.heliostat.image;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Why a submission brought no picture.
 *
 * @param kind the class of the failure
 * @param billed whether the provider charges for it
 * @param status the upstream HTTP status, 0 where there was none
 * @param message what the provider said, shortened, without credentials or hosts
 * @param retryAfter how long the provider asks to be left alone
 * @param param the client's parameter that is at fault, where known
 * @param moderation stage and categories, for {@link Kind#MODERATION}
 */
public record ProviderFailure(Kind kind, Billed billed, int status, String message, Optional<Duration> retryAfter,
		Optional<String> param, Optional<Moderation> moderation) {

	public static ProviderFailure of(Kind kind, Billed billed, String message) {
		return new ProviderFailure(kind, billed, 0, message, Optional.empty(), Optional.empty(), Optional.empty());
	}

	/**
	 * Where and for what a provider refused.
	 *
	 * @param stage {@code input}, {@code output} or {@code unknown}
	 * @param categories the provider's own words, possibly none
	 */
	public record Moderation(String stage, List<String> categories) {

		public static final Moderation UNKNOWN = new Moderation("unknown", List.of());

	}

	/** The classes of failure that decide what happens next. */
	public enum Kind {

		/** The request itself is wrong. */
		INVALID_REQUEST(true, false),
		/** The content was refused. */
		MODERATION(true, false),
		/** The operator's credential was refused. */
		AUTH(false, true),
		/** The operator's account has no credit or quota left. */
		QUOTA(false, true),
		/** The provider does not know the model. */
		MODEL_NOT_FOUND(false, true),
		/** Too many requests. */
		RATE_LIMITED(false, true),
		/** The provider is overloaded or warming up. */
		CAPACITY(false, true),
		/** No connection was made: nothing was sent. */
		CONNECT(false, true),
		/** The connection ended after the request was sent, before an answer. */
		LOST(false, true),
		/** The provider, or the gateway's patience, ran out of time. */
		TIMEOUT(false, true),
		/** The provider failed. */
		UPSTREAM_ERROR(false, true),
		/** The provider said yes, but what it delivered is no usable picture. */
		BAD_OUTPUT(false, true),
		/** The gateway's own limit for the provider is reached: nothing was sent. */
		SATURATED(false, false);

		private final boolean callerFault;

		private final boolean ofProvider;

		Kind(boolean callerFault, boolean ofProvider) {
			this.callerFault = callerFault;
			this.ofProvider = ofProvider;
		}

		/** Whether it speaks against the provider: circuits and figures count it. */
		public boolean isOfProvider() {
			return this.ofProvider;
		}

		/**
		 * Whether the caller must change something; such a failure says nothing about the
		 * provider's health.
		 */
		public boolean isCallerFault() {
			return this.callerFault;
		}

	}

}
