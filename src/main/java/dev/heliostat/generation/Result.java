package dev.heliostat.generation;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.heliostat.catalog.Model.AnswerForm;
import dev.heliostat.image.ErrorCode;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.LinkedImage;
import dev.heliostat.image.ProviderFailure.Moderation;
import dev.heliostat.media.MediaStore.StoredImage;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a generation ended with, as it is kept for whoever asks again: everything of the
 * answer but the pictures' bytes, which the media store holds.
 *
 * @param provider the provider that made the first picture; empty for an error
 * @param providerLabel what that provider calls itself
 * @param executedModel provider and its own model id
 * @param form the form that was wanted
 * @param pictures the pictures in order
 * @param usage the provider's usage
 * @param quality the quality that was delivered
 * @param background the background that was delivered
 * @param warnings what was clamped, dropped, emulated or failed
 * @param error the error, where there is no picture
 */
record Result(String provider, String providerLabel, String executedModel, AnswerForm form, List<Picture> pictures,
		Optional<ObjectNode> usage, Optional<String> quality, Optional<String> background, List<String> warnings,
		Optional<Failure> error) {

	static Result of(Generation generation, AnswerForm form) {
		List<Picture> pictures = new ArrayList<>();
		for (DeliveredImage image : generation.images()) {
			pictures.add(Picture.of(image));
		}
		return new Result(generation.provider(), generation.providerLabel(), generation.executedModel(), form, pictures,
				generation.usage(), generation.quality(), generation.background(), generation.warnings(),
				Optional.empty());
	}

	static Result of(GatewayError error, AnswerForm form) {
		Optional<Moderation> moderation = (error instanceof GatewayError.Moderated moderated)
				? Optional.of(moderated.details()) : Optional.empty();
		return new Result("", "", "", form, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(),
				Optional.of(new Failure(error.code(), error.message(), error.param(), moderation)));
	}

	/**
	 * A kept picture.
	 *
	 * @param media what the media store calls it
	 * @param url where its provider keeps it, when it was left there
	 * @param type its format; empty when it was left there
	 * @param size its dimensions; empty when it was left there
	 * @param revisedPrompt the prompt as the provider rewrote it
	 */
	record Picture(Optional<String> media, Optional<URI> url, Optional<ImageType> type, Optional<ImageSize> size,
			Optional<String> revisedPrompt) {

		static Picture of(DeliveredImage delivered) {
			return switch (delivered.image()) {
				case GeneratedImage image -> new Picture(delivered.mediaId(), Optional.empty(),
						Optional.of(image.type()), Optional.of(image.size()), image.revisedPrompt());
				case LinkedImage linked -> new Picture(Optional.empty(), Optional.of(linked.url()), Optional.empty(),
						Optional.empty(), linked.revisedPrompt());
			};
		}

		GeneratedImage image(StoredImage found) {
			return new GeneratedImage(found.content(), this.type.orElseThrow(), this.size.orElseThrow(),
					this.revisedPrompt);
		}

	}

	/**
	 * A kept error.
	 *
	 * @param code which one
	 * @param message what was said
	 * @param param the parameter at fault
	 * @param moderation what was refused
	 */
	record Failure(ErrorCode code, String message, Optional<String> param, Optional<Moderation> moderation) {

		/**
		 * The error again. Only ends that may be billed are kept for a repetition, and
		 * those are never worth another try.
		 */
		GatewayError error() {
			return switch (this.code) {
				case MODERATION_BLOCKED ->
					new GatewayError.Moderated(this.message, this.moderation.orElse(Moderation.UNKNOWN));
				case INVALID_VALUE -> new GatewayError.InvalidValue(this.param.orElse("prompt"), this.message);
				case ALL_PROVIDERS_FAILED -> new GatewayError.AllProvidersFailed(this.message, Optional.empty());
				case GENERATION_CANCELLED -> new GatewayError.Cancelled(this.message);
				case OUTCOME_UNKNOWN -> new GatewayError.OutcomeUnknown(this.message);
				case RATE_LIMIT_EXCEEDED -> new GatewayError.AllProvidersFailed(this.message, Optional.empty());
				case STORE_UNAVAILABLE -> new GatewayError.StoreUnavailable(this.message);
				case INSUFFICIENT_QUOTA -> new GatewayError.InsufficientQuota(this.message, Optional.empty());
				case MISSING_REQUIRED_PARAMETER, UNKNOWN_PARAMETER, INVALID_JSON, INVALID_API_KEY, KEY_NOT_ALLOWED,
						MODEL_NOT_FOUND, MODEL_DISABLED, UNKNOWN_URL, NOT_FOUND, METHOD_NOT_ALLOWED, RESULT_EXPIRED,
						REQUEST_TOO_LARGE, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA_TYPE, IDEMPOTENCY_MISMATCH,
						NO_PROVIDER_AVAILABLE, OVERLOADED, DEADLINE_EXCEEDED, CONFLICT, PRECONDITION_FAILED,
						PRECONDITION_REQUIRED, INTERNAL_ERROR ->
					new GatewayError.Internal(this.message, true);
			};
		}

	}

}
