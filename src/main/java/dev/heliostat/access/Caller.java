package dev.heliostat.access;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who asks: owns the generations and pictures that it makes.
 *
 * @param keyId the key's id, kept through rotation
 * @param project the id of the project that its budgets and limits belong to
 * @param kind what the key may be used for
 * @param scopes what it may use: each of them has to permit it
 */
public record Caller(String keyId, String project, Kind kind, List<Scope> scopes) {

	public Caller {
		scopes = List.copyOf(scopes);
	}

	/** A caller who may use everything. */
	public Caller(String keyId, String project, Kind kind) {
		this(keyId, project, kind, List.of());
	}

	/** Whether a model may be used, by its slug. */
	public boolean mayUseModel(String slug) {
		for (Scope scope : this.scopes) {
			if (!scope.models().permit(slug)) {
				return false;
			}
		}
		return true;
	}

	/** Whether a provider may be used, by its name. */
	public boolean mayUseProvider(String provider) {
		for (Scope scope : this.scopes) {
			if (!scope.providers().permit(provider)) {
				return false;
			}
		}
		return true;
	}

	/** Whether a part of the API may be used, such as {@code images/generations}. */
	public boolean mayUseEndpoint(String endpoint) {
		for (Scope scope : this.scopes) {
			if (!scope.endpoints().permit(endpoint)) {
				return false;
			}
		}
		return true;
	}

	/** Whether a request may come from an address. */
	public boolean mayComeFrom(InetAddress address) {
		for (Scope scope : this.scopes) {
			if (!scope.sources().permit(address)) {
				return false;
			}
		}
		return true;
	}

	/** Whether there is anything that it may not do. */
	public boolean isLimited() {
		return this.scopes.stream().anyMatch(scope -> !scope.equals(Scope.ALL));
	}

	/** The same caller, further limited. */
	Caller within(List<Scope> more) {
		return more.isEmpty() ? this : new Caller(this.keyId, this.project, this.kind,
				Stream.concat(this.scopes.stream(), more.stream()).toList());
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
