package dev.heliostat.image;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Every way in which a request can end badly. The HTTP status, OpenAI's type and code,
 * and whether an SDK may retry all derive from the kind, each in one switch.
 */
public sealed interface GatewayError {

	/** What happened and what to do next; safe to show to the caller. */
	String message();

	/** A parameter has a value that cannot be used. */
	record InvalidValue(String parameter, String message) implements GatewayError {
	}

	/** A required parameter is missing. */
	record MissingParameter(String parameter, String message) implements GatewayError {
	}

	/**
	 * A parameter that nobody declared and that might multiply output, price or control.
	 */
	record UnknownParameter(String parameter, String message) implements GatewayError {
	}

	/** The body is not JSON. */
	record InvalidJson(String message) implements GatewayError {
	}

	/** The provider refused the content. */
	record Moderated(String message, ProviderFailure.Moderation details) implements GatewayError {
	}

	/** The key is missing, malformed or unknown. */
	record InvalidKey(String message) implements GatewayError {
	}

	/** A budget is used up. */
	record InsufficientQuota(String message, Optional<Exhausted> exhausted) implements GatewayError {
	}

	/**
	 * A budget that does not have what was asked for.
	 *
	 * @param budget its id
	 * @param measure what it counts
	 * @param left what it has left
	 * @param resetsAt when it begins anew
	 */
	record Exhausted(String budget, String measure, BigDecimal left, Optional<Instant> resetsAt) {
	}

	/** The key may not do this. */
	record KeyNotAllowed(String message) implements GatewayError {
	}

	/** No model has that name. */
	record ModelNotFound(String message) implements GatewayError {
	}

	/** The model exists and is switched off or retired. */
	record ModelDisabled(String message) implements GatewayError {
	}

	/** No route has that path. */
	record UnknownUrl(String message) implements GatewayError {
	}

	/** The thing asked for does not exist, or is not the caller's. */
	record NotFound(String message) implements GatewayError {
	}

	/** The path exists, the method does not. */
	record MethodNotAllowed(String message, String allowed) implements GatewayError {
	}

	/** The picture was kept and its time is over. */
	record ResultExpired(String message) implements GatewayError {
	}

	/** The body is too large. */
	record RequestTooLarge(String message) implements GatewayError {
	}

	/** The request came too slowly, or stopped. */
	record RequestTimeout(String message) implements GatewayError {
	}

	/** The content type is not one that the route takes. */
	record UnsupportedMediaType(String message) implements GatewayError {
	}

	/** An idempotency key was used again with another body. */
	record IdempotencyMismatch(String message) implements GatewayError {
	}

	/** Something stands in the way that the caller has to change first. */
	record Conflict(String message) implements GatewayError {
	}

	/** Somebody else changed it meanwhile. */
	record PreconditionFailed(String message) implements GatewayError {
	}

	/** The change has to say which version it is of. */
	record PreconditionRequired(String message) implements GatewayError {
	}

	/** The caller, or the only provider, is at its limit. */
	record RateLimited(String message, Duration after) implements GatewayError {
	}

	/** Every offering was tried or skipped; {@code after} is when a retry may help. */
	record AllProvidersFailed(String message, Optional<Duration> after) implements GatewayError {
	}

	/** The picture may have been made and billed, and cannot be had. */
	record OutcomeUnknown(String message) implements GatewayError {
	}

	/** No offering can take the request as things are configured. */
	record NoProviderAvailable(String message) implements GatewayError {
	}

	/** The gateway itself is full. */
	record Overloaded(String message, Duration after) implements GatewayError {
	}

	/** The durable store cannot be written, so nothing billable is begun. */
	record StoreUnavailable(String message) implements GatewayError {
	}

	/** The answer did not come in time; the job runs on under its generation id. */
	record DeadlineExceeded(String message, String generation) implements GatewayError {
	}

	/** Its owner cancelled it before there was a picture. */
	record Cancelled(String message) implements GatewayError {
	}

	/** A defect of the gateway. */
	record Internal(String message, boolean possiblyBilled) implements GatewayError {
	}

	/** The HTTP status. */
	default int status() {
		return switch (this) {
			case InvalidValue _, MissingParameter _, UnknownParameter _, InvalidJson _, Moderated _ -> 400;
			case InvalidKey _ -> 401;
			case InsufficientQuota _ -> 402;
			case KeyNotAllowed _ -> 403;
			case ModelNotFound _, ModelDisabled _, UnknownUrl _, NotFound _ -> 404;
			case MethodNotAllowed _ -> 405;
			case RequestTimeout _ -> 408;
			case Cancelled _, Conflict _ -> 409;
			case ResultExpired _ -> 410;
			case PreconditionFailed _ -> 412;
			case RequestTooLarge _ -> 413;
			case UnsupportedMediaType _ -> 415;
			case IdempotencyMismatch _ -> 422;
			case PreconditionRequired _ -> 428;
			case RateLimited _ -> 429;
			case Internal _ -> 500;
			case AllProvidersFailed _, OutcomeUnknown _ -> 502;
			case NoProviderAvailable _, Overloaded _, StoreUnavailable _ -> 503;
			case DeadlineExceeded _ -> 504;
		};
	}

	/** OpenAI's error type. */
	default String type() {
		return switch (this) {
			case Moderated _ -> "image_generation_user_error";
			case InsufficientQuota _ -> "insufficient_quota";
			case KeyNotAllowed _ -> "permission_error";
			case RateLimited _ -> "rate_limit_error";
			case InvalidValue _, MissingParameter _, UnknownParameter _, InvalidJson _, InvalidKey _, ModelNotFound _,
					ModelDisabled _, UnknownUrl _, NotFound _, MethodNotAllowed _, ResultExpired _, RequestTooLarge _,
					RequestTimeout _, UnsupportedMediaType _, IdempotencyMismatch _, Cancelled _, Conflict _,
					PreconditionFailed _, PreconditionRequired _ ->
				"invalid_request_error";
			case AllProvidersFailed _, OutcomeUnknown _, NoProviderAvailable _, Overloaded _, StoreUnavailable _,
					DeadlineExceeded _, Internal _ ->
				"api_error";
		};
	}

	/** The code, also the label in metrics. */
	default ErrorCode code() {
		return switch (this) {
			case InvalidValue _ -> ErrorCode.INVALID_VALUE;
			case MissingParameter _ -> ErrorCode.MISSING_REQUIRED_PARAMETER;
			case UnknownParameter _ -> ErrorCode.UNKNOWN_PARAMETER;
			case InvalidJson _ -> ErrorCode.INVALID_JSON;
			case Moderated _ -> ErrorCode.MODERATION_BLOCKED;
			case InvalidKey _ -> ErrorCode.INVALID_API_KEY;
			case InsufficientQuota _ -> ErrorCode.INSUFFICIENT_QUOTA;
			case KeyNotAllowed _ -> ErrorCode.KEY_NOT_ALLOWED;
			case ModelNotFound _ -> ErrorCode.MODEL_NOT_FOUND;
			case ModelDisabled _ -> ErrorCode.MODEL_DISABLED;
			case UnknownUrl _ -> ErrorCode.UNKNOWN_URL;
			case NotFound _ -> ErrorCode.NOT_FOUND;
			case MethodNotAllowed _ -> ErrorCode.METHOD_NOT_ALLOWED;
			case ResultExpired _ -> ErrorCode.RESULT_EXPIRED;
			case RequestTooLarge _ -> ErrorCode.REQUEST_TOO_LARGE;
			case RequestTimeout _ -> ErrorCode.REQUEST_TIMEOUT;
			case UnsupportedMediaType _ -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
			case IdempotencyMismatch _ -> ErrorCode.IDEMPOTENCY_MISMATCH;
			case Conflict _ -> ErrorCode.CONFLICT;
			case PreconditionFailed _ -> ErrorCode.PRECONDITION_FAILED;
			case PreconditionRequired _ -> ErrorCode.PRECONDITION_REQUIRED;
			case RateLimited _ -> ErrorCode.RATE_LIMIT_EXCEEDED;
			case AllProvidersFailed _ -> ErrorCode.ALL_PROVIDERS_FAILED;
			case OutcomeUnknown _ -> ErrorCode.OUTCOME_UNKNOWN;
			case NoProviderAvailable _ -> ErrorCode.NO_PROVIDER_AVAILABLE;
			case Overloaded _ -> ErrorCode.OVERLOADED;
			case StoreUnavailable _ -> ErrorCode.STORE_UNAVAILABLE;
			case DeadlineExceeded _ -> ErrorCode.DEADLINE_EXCEEDED;
			case Cancelled _ -> ErrorCode.GENERATION_CANCELLED;
			case Internal _ -> ErrorCode.INTERNAL_ERROR;
		};
	}

	/** The parameter at fault, where there is one. */
	default Optional<String> param() {
		return switch (this) {
			case InvalidValue error -> Optional.of(error.parameter());
			case MissingParameter error -> Optional.of(error.parameter());
			case UnknownParameter error -> Optional.of(error.parameter());
			case ModelNotFound _, ModelDisabled _ -> Optional.of("model");
			case InvalidJson _, Moderated _, InvalidKey _, InsufficientQuota _, KeyNotAllowed _, UnknownUrl _,
					NotFound _, MethodNotAllowed _, ResultExpired _, RequestTooLarge _, RequestTimeout _,
					UnsupportedMediaType _, IdempotencyMismatch _, RateLimited _, AllProvidersFailed _,
					OutcomeUnknown _, NoProviderAvailable _, Overloaded _, StoreUnavailable _, DeadlineExceeded _,
					Cancelled _, Internal _, Conflict _, PreconditionFailed _, PreconditionRequired _ ->
				Optional.empty();
		};
	}

	/** How long to wait before a retry, where that is known. */
	default Optional<Duration> retryAfter() {
		return switch (this) {
			case RateLimited error -> Optional.of(error.after());
			case Overloaded error -> Optional.of(error.after());
			case AllProvidersFailed error -> error.after();
			case DeadlineExceeded _, StoreUnavailable _ -> Optional.of(Duration.ofSeconds(1));
			case InvalidValue _, MissingParameter _, UnknownParameter _, InvalidJson _, Moderated _, InvalidKey _,
					InsufficientQuota _, KeyNotAllowed _, ModelNotFound _, ModelDisabled _, UnknownUrl _, NotFound _,
					MethodNotAllowed _, ResultExpired _, RequestTooLarge _, RequestTimeout _, UnsupportedMediaType _,
					IdempotencyMismatch _, OutcomeUnknown _, NoProviderAvailable _, Cancelled _, Internal _, Conflict _,
					PreconditionFailed _, PreconditionRequired _ ->
				Optional.empty();
		};
	}

	/**
	 * What {@code x-should-retry} says. False where a retry could start a second billable
	 * run or cannot help; true where it joins the running job or costs nothing.
	 */
	default boolean shouldRetry() {
		boolean sensible = switch (this) {
			case RateLimited _, Overloaded _, StoreUnavailable _, DeadlineExceeded _, RequestTimeout _ -> true;
			case AllProvidersFailed error -> error.after().isPresent();
			case Internal error -> !error.possiblyBilled();
			case InvalidValue _, MissingParameter _, UnknownParameter _, InvalidJson _, Moderated _, InvalidKey _,
					InsufficientQuota _, KeyNotAllowed _, ModelNotFound _, ModelDisabled _, UnknownUrl _, NotFound _,
					MethodNotAllowed _, ResultExpired _, RequestTooLarge _, UnsupportedMediaType _,
					IdempotencyMismatch _, OutcomeUnknown _, NoProviderAvailable _, Cancelled _, Conflict _,
					PreconditionFailed _, PreconditionRequired _ ->
				false;
		};
		return sensible && retryAfter().orElse(Duration.ZERO).compareTo(LONGEST_WAIT) <= 0;
	}

	/** Node's SDK ignores a longer {@code retry-after} and hammers instead. */
	Duration LONGEST_WAIT = Duration.ofSeconds(60);

	default GatewayException asException() {
		return new GatewayException(this);
	}

}
