package dev.heliostat.provider;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.provider.ProvidersProperties.Settings;
import org.springframework.core.env.Environment;

/**
 * The providers of the catalog with what the operator configured: credentials from
 * properties, or from the variables that users already have.
 */
final class ConfiguredProviders implements Providers {

	private static final URI NOWHERE = URI.create("http://localhost");

	private final ProvidersProperties properties;

	private final Environment environment;

	private final Map<String, Protocol> protocols;

	private final ProviderClients clients;

	/**
	 * Adapters by offering; the key holds the records whole, so that a reload makes new
	 * ones where data changed.
	 */
	private final ConcurrentHashMap<String, Opened> opened = new ConcurrentHashMap<>();

	ConfiguredProviders(ProvidersProperties properties, Environment environment, List<Protocol> protocols,
			ProviderClients clients) {
		this.properties = properties;
		this.environment = environment;
		this.protocols = protocols.stream().collect(Collectors.toMap(Protocol::name, Function.identity()));
		this.clients = clients;
	}

	private record Opened(Provider provider, Offering offering, ImageProvider adapter) {
	}

	@Override
	public Optional<String> unconfigured(Catalog catalog, String name) {
		Optional<Provider> known = catalog.provider(name);
		if (known.isEmpty()) {
			return Optional.of("The catalog has no provider of that name.");
		}
		Provider provider = known.get();
		Settings settings = this.properties.of(name);
		if (!settings.enabled()) {
			return Optional.of("It is switched off by heliostat.providers." + name + ".enabled=false.");
		}
		if (!this.protocols.containsKey(provider.protocol())) {
			return Optional.of("Its protocol '" + provider.protocol() + "' is not one that this version speaks.");
		}
		boolean needsAddress = !name.equals(SandboxOffering.PROVIDER);
		if (needsAddress && baseUrl(provider, settings).isEmpty()) {
			return Optional.of("Set heliostat.providers." + name + ".base-url.");
		}
		if (provider.auth().required() && credential(provider, settings).isEmpty()) {
			String variable = provider.auth().variables().isEmpty() ? ""
					: provider.auth().variables().getFirst() + " or ";
			return Optional.of("Set " + variable + "heliostat.providers." + name + ".api-key.");
		}
		return Optional.empty();
	}

	@Override
	public ImageProvider of(Catalog catalog, Offering offering) {
		Provider provider = catalog.provider(offering.provider()).orElseThrow();
		Opened known = this.opened.get(offering.key());
		if (known != null && known.provider == provider && known.offering.equals(offering)) {
			return known.adapter;
		}
		ImageProvider adapter = open(provider, offering);
		this.opened.put(offering.key(), new Opened(provider, offering, adapter));
		return adapter;
	}

	private ImageProvider open(Provider provider, Offering offering) {
		Protocol protocol = this.protocols.get(provider.protocol());
		if (protocol == null) {
			throw new IllegalStateException("providers/" + provider.name() + ": protocol: " + provider.protocol()
					+ " (expected: one of " + this.protocols.keySet() + ")");
		}
		Settings settings = this.properties.of(provider.name());
		URI baseUrl = baseUrl(provider, settings).orElse(NOWHERE);
		Set<String> hosts = new HashSet<>(provider.hosts());
		hosts.add(origin(baseUrl));
		return protocol.open(new ProviderConnection(provider, baseUrl, Set.copyOf(hosts),
				this.clients.client(provider, baseUrl, credential(provider, settings))), offering);
	}

	private static String origin(URI baseUrl) {
		int port = (baseUrl.getPort() >= 0) ? baseUrl.getPort() : ("https".equals(baseUrl.getScheme()) ? 443 : 80);
		return baseUrl.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	private static Optional<URI> baseUrl(Provider provider, Settings settings) {
		return settings.baseUrl().or(provider::baseUrl).map(ConfiguredProviders::withoutSlash);
	}

	private static URI withoutSlash(URI url) {
		String text = url.toString();
		return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : url;
	}

	private Optional<String> credential(Provider provider, Settings settings) {
		return settings.credential()
			.or(() -> provider.auth()
				.variables()
				.stream()
				.map(variable -> this.environment.getProperty(variable, ""))
				.filter(value -> !value.isBlank())
				.findFirst());
	}

}
