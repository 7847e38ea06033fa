package dev.heliostat.provider;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Wire;
import dev.heliostat.image.Billed;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.media.TrustedHosts;

/**
 * A {@link Mode} behind one credential, with everything worked out beforehand that
 * depends on no request.
 */
public final class PreparedMode {

	private final Mode mode;

	private final ProviderConnection connection;

	private final Map<String, String> values;

	private final List<String> base64Members;

	private final List<String> urlMembers;

	private volatile @Nullable Endpoint plain;

	private volatile @Nullable Endpoint masked;

	PreparedMode(Mode mode, ProviderConnection connection) {
		this.mode = mode;
		this.connection = connection;
		this.values = values(mode, connection);
		this.base64Members = mode.wire().base64Members();
		this.urlMembers = mode.wire().urlMembers();
	}

	/** What templates may name before there is a job. */
	static Map<String, String> values(Mode mode, ProviderConnection connection) {
		Map<String, String> values = new HashMap<>(connection.options());
		values.put("model", mode.providerModel());
		values.put("encoded-model", URLEncoder.encode(mode.providerModel(), StandardCharsets.UTF_8));
		return Map.copyOf(values);
	}

	public Mode mode() {
		return this.mode;
	}

	public Wire wire() {
		return this.mode.wire();
	}

	/** What templates may name before there is a job. */
	public Map<String, String> values() {
		return this.values;
	}

	List<String> base64Members() {
		return this.base64Members;
	}

	List<String> urlMembers() {
		return this.urlMembers;
	}

	/** Where submissions go. */
	Endpoint submission(boolean withMask) {
		Endpoint known = withMask ? this.masked : this.plain;
		if (known != null) {
			return known;
		}
		String path = withMask ? wire().maskedPath().orElse(wire().path()) : wire().path();
		Endpoint made = endpoint("POST", path, this.values, wire().encoding() == Wire.Encoding.JSON);
		if (withMask) {
			this.masked = made;
		}
		else {
			this.plain = made;
		}
		return made;
	}

	/**
	 * A path below the base URL, or a whole URL on one of the provider's hosts: the
	 * credential goes nowhere else.
	 * @param template may name the values
	 * @param json whether what is sent there is JSON
	 */
	Endpoint endpoint(String method, String template, Map<String, String> values, boolean json) {
		String target = Places.fill(template, values);
		if (ProviderClient.isWhole(target) && !TrustedHosts.admit(URI.create(target), this.connection.hosts())) {
			throw new ProviderException(ProviderFailure.of(Kind.UPSTREAM_ERROR, Billed.MAYBE,
					"the provider named a URL on a host that its file does not list"));
		}
		Map<String, String> headers = new LinkedHashMap<>();
		wire().headers().forEach((name, value) -> headers.put(name, Places.fill(value, values)));
		if (json) {
			headers.put("Content-Type", "application/json");
		}
		return this.connection.client().endpoint(method, template, target, headers);
	}

}
