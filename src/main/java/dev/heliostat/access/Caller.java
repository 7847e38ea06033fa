package dev.heliostat.access;

import java.util.List;

/**
 * Who asks: owns the generations and pictures that it makes.
 *
 * @param keyId the key's id, kept through rotation
 * @param project the id of the project that its budgets and limits belong to
 * @param kind what the key may be used for
 * @param scopes what it may use: each of them has to permit it
 */
public record Caller(String keyId, String project, Kind kind, List<Scope> scopes) {

	/** A caller who may use everything. */
	public Caller(String keyId, String project, Kind kind) {
		this(keyId, project, kind, List.of());
	}

	/** Whether a model may be used, by its slug. */
	public boolean mayUseModel(String slug) {
		return this.scopes.stream().allMatch(scope -> scope.models().permit(slug));
	}

	/** Whether a provider may be used, by its name. */
	public boolean mayUseProvider(String provider) {
		return this.scopes.stream().allMatch(scope -> scope.providers().permit(provider));
	}

	Caller within(List<Scope> others) {
		return new Caller(this.keyId, this.project, this.kind, others);
	}

	/** What a key may be used for. */
	public enum Kind {

		/** Spends money. */
		LIVE,
		/** Never spends: every model is served by the sandbox. */
		TEST,
		/** Administers. */
		ADMIN

	}

}
