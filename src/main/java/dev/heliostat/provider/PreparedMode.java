package dev.heliostat.provider;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.heliostat.catalog.Mode;
import dev.heliostat.catalog.Wire;

/**
 * A {@link Mode} behind one credential, with everything worked out beforehand that
 * depends on no request.
 */
public final class PreparedMode {

	private final Mode mode;

	private final Map<String, String> values;

	private final List<String> base64Members;

	private final List<String> urlMembers;

	private volatile @Nullable Endpoint plain;

	private volatile @Nullable Endpoint masked;

	PreparedMode(Mode mode, ProviderConnection connection) {
		this.mode = mode;
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
	Endpoint endpoint(boolean withMask, Upstream upstream) {
		Endpoint known = withMask ? this.masked : this.plain;
		if (known != null) {
			return known;
		}
		String path = withMask ? wire().maskedPath().orElse(wire().path()) : wire().path();
		Endpoint made = upstream.endpoint("POST", path, this, this.values, wire().encoding() == Wire.Encoding.JSON);
		if (withMask) {
			this.masked = made;
		}
		else {
			this.plain = made;
		}
		return made;
	}

}
