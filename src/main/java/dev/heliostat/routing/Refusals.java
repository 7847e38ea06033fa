package dev.heliostat.routing;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.heliostat.access.Caller;
import dev.heliostat.catalog.Model;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import dev.heliostat.image.ImageRequest;

/**
 * Says what is wrong with a request for a model, and whose turn it is to change
 * something.
 */
final class Refusals {

	private Refusals() {
	}

	static void checkInService(Model model) {
		if (!model.status().inService()) {
			throw new GatewayError.ModelDisabled("The model '" + model.slug() + "' is "
					+ model.status().name().toLowerCase(Locale.ROOT) + " and cannot be used. Choose another one.")
				.asException();
		}
	}

	static void checkAllowed(Model model, Caller caller) {
		if (!caller.mayUseModel(model.slug())) {
			throw new GatewayError.KeyNotAllowed("This key may not use the model '" + model.slug()
					+ "'. GET /v1/models lists those that it may; the operator can permit more.")
				.asException();
		}
	}

	static void checkLimits(Model model, ImageRequest request) {
		int most = model.limits().count();
		if (request.count() > most) {
			throw new GatewayError.InvalidValue("n", "n: " + request.count() + " (expected: 1 to " + most + ")")
				.asException();
		}
		int characters = request.prompt().codePointCount(0, request.prompt().length());
		if (characters > model.limits().promptCharacters()) {
			throw new GatewayError.InvalidValue("prompt", "prompt: " + characters + " characters (expected: at most "
					+ model.limits().promptCharacters() + " for " + model.slug() + ")")
				.asException();
		}
	}

	/** The error for a request that no offering may serve. */
	static GatewayException nobodyMayServe(Model model, ImageRequest request, Caller caller,
			List<Plan.Exclusion> exclusions, Optional<GatewayException> fault) {
		if (fault.isPresent()) {
			return fault.get();
		}
		boolean supported = model.capabilities().contains(request.capability());
		if (!supported && !model.offerings().isEmpty()) {
			String modes = model.capabilities().stream().map(Capability::label).collect(Collectors.joining(", "));
			return new GatewayError.InvalidValue("model", "Model '" + model.slug() + "' does not support "
					+ request.capability().phrase() + ". Supported: " + modes)
				.asException();
		}
		boolean allowed = model.offerings()
			.stream()
			.filter(offering -> offering.status().inService())
			.anyMatch(offering -> caller.mayUseProvider(offering.provider()));
		if (!allowed && !model.offerings().isEmpty()) {
			return new GatewayError.KeyNotAllowed("This key may not use any provider of the model '" + model.slug()
					+ "'. Choose another model; the operator can permit more providers.")
				.asException();
		}
		String reasons = exclusions.stream()
			.map(exclusion -> exclusion.offering() + ": " + exclusion.reason())
			.collect(Collectors.joining(" "));
		return new GatewayError.NoProviderAvailable("No provider can serve '" + model.slug() + "'. "
				+ (reasons.isEmpty() ? "The catalog has no offering for it." : reasons))
			.asException();
	}

}
