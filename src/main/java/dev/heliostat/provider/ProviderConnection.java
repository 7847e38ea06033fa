package dev.heliostat.provider;

import java.net.URI;
import java.util.Map;
import java.util.Set;

import dev.heliostat.catalog.Provider;

/**
 * A provider as it is configured, ready to be called.
 *
 * @param provider its data
 * @param baseUrl the base URL in force, without a slash at its end
 * @param hosts every host that its URLs may point to, the base URL's own origin included
 * @param options what the operator set beside the credential, defaults filled in; for
 * templates
 * @param client sends the credential with every request to a path below the base URL
 */
public record ProviderConnection(Provider provider, URI baseUrl, Set<String> hosts, Map<String, String> options,
		ProviderClient client) {
}
