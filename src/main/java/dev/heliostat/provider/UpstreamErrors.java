package dev.heliostat.provider;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import javax.net.ssl.SSLHandshakeException;

import dev.heliostat.catalog.Provider;
import dev.heliostat.catalog.Provider.ErrorRule;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderFailure.Moderation;
import dev.heliostat.media.NoPictureException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.timeout.ReadTimeoutException;
import reactor.core.publisher.Mono;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * Turns what a provider answers, or how the way to it breaks, into a
 * {@link ProviderFailure}: by the rules of the provider's file, and by status where none
 * of them matches.
 */
public final class UpstreamErrors {

	private final Provider provider;

	public UpstreamErrors(Provider provider) {
		this.provider = provider;
	}

	/**
	 * Reads an error answer and fails with what it means: its status alone, where its
	 * body does not come whole.
	 */
	public <T> Mono<T> fail(UpstreamResponse response) {
		int status = response.status();
		Optional<Duration> retryAfter = RetryAfter.of(response.headers());
		return response.text()
			.onErrorReturn("")
			.defaultIfEmpty("")
			.flatMap(body -> Mono.error(
					new ProviderException(classify(status, withHeader(response, ErrorBody.parse(body)), retryAfter))));
	}

	/** AWS says the kind of an error in a header. */
	private static ErrorBody withHeader(UpstreamResponse response, ErrorBody body) {
		String type = response.headers().get("x-amzn-ErrorType");
		if (type == null) {
			return body;
		}
		List<String> codes = new ArrayList<>(body.codes());
		codes.add(type.split(":")[0]);
		return new ErrorBody(body.message(), codes, body.param(), body.retryAfter(), body.moderation());
	}

	/**
	 * What an error means that stands in an answer which is otherwise a success.
	 */
	public ProviderFailure inAnswer(JsonNode error) {
		ErrorBody body = error.isContainer() ? ErrorBody.of(error) : ErrorBody.ofMessage(error.asString(""));
		ProviderFailure failure = classify(200, body, Optional.empty());
		return rule(200, body, false).isPresent() ? failure
				: ProviderFailure.of(failure.kind(), Billed.MAYBE, failure.message());
	}

	/** A job that ended because its content was refused. */
	public ProviderFailure jobModerated(String message, List<String> reasons) {
		return new ProviderFailure(Kind.MODERATION, Billed.NO, 0,
				message.isEmpty() ? "the content was refused" : ErrorBody.ofMessage(message).message(),
				Optional.empty(), Optional.empty(), Optional.of(new Moderation("unknown", reasons)));
	}

	private ProviderFailure classify(int status, ErrorBody body, Optional<Duration> retryAfter) {
		Optional<ErrorRule> rule = rule(status, body, false);
		Kind kind = rule.map(ErrorRule::kind).orElseGet(() -> byStatus(status));
		Billed billed = rule.map(ErrorRule::billed).orElseGet(() -> billed(status));
		String message = body.message().isEmpty() ? "HTTP " + status : body.message();
		return new ProviderFailure(kind, billed, status, message, retryAfter.or(body::retryAfter),
				(kind == Kind.INVALID_REQUEST) ? body.param() : Optional.empty(), (kind == Kind.MODERATION)
						? Optional.of(body.moderation().orElse(Moderation.UNKNOWN)) : Optional.empty());
	}

	/** What it means that a job which was accepted ended badly. */
	public ProviderFailure jobFailed(String message) {
		ErrorBody body = ErrorBody.ofMessage(message);
		Optional<ErrorRule> rule = rule(0, body, true);
		Kind kind = rule.map(ErrorRule::kind).orElse(Kind.UPSTREAM_ERROR);
		return new ProviderFailure(kind, rule.map(ErrorRule::billed).orElse(Billed.MAYBE), 0,
				body.message().isEmpty() ? "the job failed" : body.message(), Optional.empty(), Optional.empty(),
				(kind == Kind.MODERATION) ? Optional.of(Moderation.UNKNOWN) : Optional.empty());
	}

	private Optional<ErrorRule> rule(int status, ErrorBody body, boolean jobFailed) {
		for (ErrorRule rule : this.provider.errors()) {
			boolean fits = rule.jobFailed() == jobFailed && rule.status().filter(wanted -> wanted != status).isEmpty()
					&& rule.code().filter(wanted -> !body.codes().contains(wanted)).isEmpty()
					&& rule.contains()
						.filter(wanted -> !isFound(wanted, body.message() + " " + String.join(" ", body.codes())))
						.isEmpty();
			if (fits) {
				return Optional.of(rule);
			}
		}
		return Optional.empty();
	}

	private static boolean isFound(String expression, String text) {
		return Pattern.compile(expression, Pattern.CASE_INSENSITIVE).matcher(text).find();
	}

	private static Kind byStatus(int status) {
		return switch (status) {
			case 400, 413, 415, 422 -> Kind.INVALID_REQUEST;
			case 401, 403 -> Kind.AUTH;
			case 402 -> Kind.QUOTA;
			case 404 -> Kind.MODEL_NOT_FOUND;
			case 408, 504, 524 -> Kind.TIMEOUT;
			case 429 -> Kind.RATE_LIMITED;
			case 503, 529 -> Kind.CAPACITY;
			default -> Kind.UPSTREAM_ERROR;
		};
	}

	/**
	 * A refusal is not billed; a server that broke down may have done the work before.
	 */
	private static Billed billed(int status) {
		return switch (status) {
			case 408, 424, 499 -> Billed.MAYBE;
			case 503, 529 -> Billed.NO;
			default -> (status < 500) ? Billed.NO : Billed.MAYBE;
		};
	}

	/**
	 * What it means that a submission broke without an answer: nothing was sent, or its
	 * end is not known.
	 */
	public static ProviderFailure broken(Throwable error) {
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof ProviderException known) {
				return known.failure();
			}
			if (cause instanceof ConnectException || cause instanceof ConnectTimeoutException
					|| cause instanceof UnknownHostException) {
				return ProviderFailure.of(Kind.CONNECT, Billed.NO, "no connection could be made");
			}
			if (cause instanceof SSLHandshakeException || cause instanceof NotSslRecordException) {
				return ProviderFailure.of(Kind.CONNECT, Billed.NO, "no secure connection could be made");
			}
			if (cause instanceof PoolAcquireTimeoutException || cause instanceof PoolAcquirePendingLimitException) {
				return ProviderFailure.of(Kind.CAPACITY, Billed.NO, "every connection to the provider is in use");
			}
			if (cause instanceof ReadTimeoutException || cause instanceof TimeoutException) {
				return ProviderFailure.of(Kind.TIMEOUT, Billed.MAYBE, "the provider did not answer in time");
			}
		}
		if (error instanceof NoPictureException) {
			return ProviderFailure.of(Kind.BAD_OUTPUT, Billed.YES, String.valueOf(error.getMessage()));
		}
		if (error instanceof NoAnswerException || error instanceof IOException) {
			return ProviderFailure.of(Kind.LOST, Billed.MAYBE, "the connection was lost after the request was sent");
		}
		return ProviderFailure.of(Kind.UPSTREAM_ERROR, Billed.MAYBE, "the provider's answer could not be read");
	}

}
