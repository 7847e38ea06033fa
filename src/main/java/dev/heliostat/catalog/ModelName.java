package dev.heliostat.catalog;

import java.util.Optional;

import dev.heliostat.image.GatewayError;

/**
 * A model as a client names it: a slug, an alias, or {@code provider/slug} to force a
 * provider.
 *
 * @param model the model
 * @param provider the forced provider, where there is one
 */
public record ModelName(Model model, Optional<String> provider) {

	private static final String SANDBOX = "sandbox";

	/** Finds the model; fails with {@code model_not_found} that names the nearest one. */
	public static ModelName resolve(Catalog catalog, String name, boolean sandboxed) {
		Optional<Model> whole = catalog.model(name);
		if (whole.isPresent()) {
			return new ModelName(whole.get(), Optional.empty());
		}
		int slash = name.indexOf('/');
		if (slash > 0) {
			String provider = name.substring(0, slash);
			String slug = name.substring(slash + 1);
			Optional<Model> model = catalog.model(slug);
			if (model.isPresent() && (sandboxed || SANDBOX.equals(provider) || serves(model.get(), provider))) {
				return new ModelName(model.get(), Optional.of(provider));
			}
			if (model.isPresent()) {
				throw new GatewayError.ModelNotFound("The model '" + slug + "' is not offered by '" + provider
						+ "'. It is offered by: " + offeredBy(model.get()) + ".")
					.asException();
			}
		}
		String hint = catalog.nearest(name.substring(slash + 1))
			.map(nearest -> " Did you mean '" + nearest + "'?")
			.orElse(" GET /v1/models lists them all.");
		throw new GatewayError.ModelNotFound("The model '" + shown(name) + "' does not exist." + hint).asException();
	}

	private static boolean serves(Model model, String provider) {
		return model.offerings().stream().anyMatch(offering -> offering.provider().equals(provider));
	}

	private static String offeredBy(Model model) {
		return String.join(", ", model.offerings().stream().map(Offering::provider).toList());
	}

	private static String shown(String name) {
		return (name.length() <= 100) ? name : name.substring(0, 100) + "…";
	}

	/** Whether the sandbox was asked for by name. */
	public boolean isSandbox() {
		return this.provider.filter(SANDBOX::equals).isPresent();
	}

	/** Whether an offering is one of those that the name permits. */
	public boolean admits(Offering offering) {
		return this.provider.isEmpty() || this.provider.get().equals(offering.provider());
	}

}
