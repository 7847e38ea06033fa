package dev.heliostat.provider;

import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.heliostat.catalog.Catalog;
import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.Provider;
import dev.heliostat.catalog.Provider.Submissions;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.provider.ProvidersProperties.Settings;
import org.springframework.core.env.Environment;
import tools.jackson.databind.node.ObjectNode;

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

	private final ProviderSwitches switches;

	/**
	 * Adapters by offering; the key holds the records whole, so that a reload makes new
	 * ones where data changed.
	 */
	private final ConcurrentHashMap<String, Opened> opened = new ConcurrentHashMap<>();

	ConfiguredProviders(ProvidersProperties properties, Environment environment, List<Protocol> protocols,
			ProviderClients clients, ProviderSwitches switches) {
		this.switches = switches;
		this.properties = properties;
		this.environment = environment;
		this.protocols = protocols.stream().collect(Collectors.toMap(Protocol::name, Function.identity()));
		this.clients = clients;
	}

	/** Settings do not change while running, so a provider's file is judged once. */
	private final ConcurrentHashMap<String, Checked> checked = new ConcurrentHashMap<>();

	private final ConcurrentHashMap<String, RotatingCredentials.Rests> rests = new ConcurrentHashMap<>();

	private final ConcurrentHashMap<String, Limited> limits = new ConcurrentHashMap<>();

	private record Limited(Submissions permitted, SubmissionLimits limits) {
	}

	private record Checked(Provider provider, Optional<String> reason) {
	}

	private record Opened(Provider provider, Offering offering, ImageProvider adapter) {
	}

	@Override
	public Optional<String> unconfigured(Catalog catalog, String name) {
		return this.switches.of(name).enabled() ? missing(catalog, name)
				: Optional.of("It was switched off by an operator. " + "PUT /admin/v1/providers/" + name
						+ " with {\"enabled\": true} switches it on again.");
	}

	@Override
	public boolean isConfigured(Catalog catalog, String name) {
		return missing(catalog, name).isEmpty();
	}

	@Override
	public int credentials(Catalog catalog, String name) {
		return catalog.provider(name).map(provider -> credentials(provider, this.properties.of(name)).size()).orElse(0);
	}

	private Optional<String> missing(Catalog catalog, String name) {
		Optional<Provider> known = catalog.provider(name);
		if (known.isEmpty()) {
			return Optional.of("The catalog has no provider of that name.");
		}
		Provider provider = known.get();
		Checked before = this.checked.get(name);
		if (before != null && before.provider == provider) {
			return before.reason;
		}
		Optional<String> reason = reason(name, provider);
		this.checked.put(name, new Checked(provider, reason));
		return reason;
	}

	private Optional<String> reason(String name, Provider provider) {
		Settings settings = this.properties.of(name);
		if (!settings.enabled()) {
			return Optional.of("It is switched off by heliostat.providers." + name + ".enabled=false.");
		}
		boolean needsAddress = !name.equals(SandboxOffering.PROVIDER);
		if (needsAddress && baseUrl(provider, settings).isEmpty()) {
			return Optional.of("Set heliostat.providers." + name + ".base-url.");
		}
		for (String option : provider.options().keySet()) {
			boolean replaced = settings.baseUrl().isPresent()
					&& Places.names(provider.baseUrl().orElse("")).contains(option);
			if (!replaced && !options(provider, settings).containsKey(option)) {
				return Optional.of("Set heliostat.providers." + name + ".options." + option + ".");
			}
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
		if (known != null && known.provider == provider
				&& (known.offering == offering || known.offering.equals(offering))) {
			return known.adapter;
		}
		ImageProvider adapter = open(provider, offering);
		this.opened.put(offering.key(), new Opened(provider, offering, adapter));
		return adapter;
	}

	@Override
	public Preview preview(Catalog catalog, Offering offering, Capability capability, ObjectNode body) {
		Provider provider = catalog.provider(offering.provider()).orElseThrow();
		return Upstream.preview(connections(provider).getFirst(), offering, capability, body);
	}

	/** One for each credential; one for a provider that has none. */
	private List<ProviderConnection> connections(Provider provider) {
		Settings settings = this.properties.of(provider.name());
		URI baseUrl = baseUrl(provider, settings).orElse(NOWHERE);
		Set<String> hosts = new HashSet<>(provider.hosts());
		hosts.add(origin(baseUrl));
		Map<String, String> options = options(provider, settings);
		List<Optional<String>> credentials = new ArrayList<>();
		credentials(provider, settings).forEach(credential -> credentials.add(Optional.of(credential)));
		if (credentials.isEmpty()) {
			credentials.add(Optional.empty());
		}
		return credentials.stream()
			.map(credential -> new ProviderConnection(provider, baseUrl, Set.copyOf(hosts), options,
					this.clients.client(provider, baseUrl, credential, options)))
			.toList();
	}

	private ImageProvider open(Provider provider, Offering offering) {
		List<ProviderConnection> connections = connections(provider);
		List<ImageProvider> adapters = new ArrayList<>();
		for (int i = 0; i < connections.size(); i++) {
			adapters.add(limits(provider, i).guard(open(connections.get(i), offering)));
		}
		return (adapters.size() == 1) ? adapters.getFirst()
				: new RotatingCredentials(adapters, this.rests.computeIfAbsent(provider.name(),
						name -> new RotatingCredentials.Rests(name, adapters.size(), InstantSource.system())));
	}

	/**
	 * One credential's, for all offerings; begins anew where the provider's file says
	 * another one.
	 */
	private SubmissionLimits limits(Provider provider, int credential) {
		Submissions permitted = this.properties.of(provider.name()).submissions(provider.limits().submissions());
		return this.limits.compute(provider.name() + "#" + credential,
				(name, known) -> (known != null && known.permitted.equals(permitted)) ? known
						: new Limited(permitted, new SubmissionLimits(name, permitted)))
			.limits();
	}

	private ImageProvider open(ProviderConnection connection, Offering offering) {
		Map<String, ImageProvider> byProtocol = new HashMap<>();
		offering.modes()
			.values()
			.forEach(mode -> byProtocol.computeIfAbsent(mode.protocol(),
					name -> protocol(connection.provider(), name).open(connection, offering)));
		return call -> Objects.requireNonNull(byProtocol.get(offering.mode(call.capability()).protocol()))
			.generate(call);
	}

	private Protocol protocol(Provider provider, String name) {
		Protocol protocol = this.protocols.get(name);
		if (protocol == null) {
			throw new GatewayError.NoProviderAvailable("The file of the provider '" + provider.name()
					+ "' names the protocol '" + name + "' (expected: one of " + this.protocols.keySet() + ").")
				.asException();
		}
		return protocol;
	}

	/** What the operator set, over what the file has as a default. */
	private Map<String, String> options(Provider provider, Settings settings) {
		Map<String, String> options = new HashMap<>();
		provider.options()
			.forEach((name, option) -> option.defaultValue().ifPresent(value -> options.put(name, value)));
		if (provider.auth().scheme() == Provider.Auth.Scheme.GOOGLE) {
			credential(provider, settings).map(GoogleTokens::project)
				.filter(project -> !project.isEmpty())
				.ifPresent(project -> options.put("project", project));
		}
		settings.options().forEach((name, value) -> {
			if (!value.isBlank()) {
				options.put(name, value);
			}
		});
		return options;
	}

	private static String origin(URI baseUrl) {
		int port = (baseUrl.getPort() >= 0) ? baseUrl.getPort() : ("https".equals(baseUrl.getScheme()) ? 443 : 80);
		return baseUrl.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	private Optional<URI> baseUrl(Provider provider, Settings settings) {
		return settings.baseUrl()
			.or(() -> provider.baseUrl()
				.map(template -> Places.fill(template, options(provider, settings)))
				.filter(url -> url.indexOf('{') < 0)
				.map(URI::create))
			.map(ConfiguredProviders::withoutSlash);
	}

	private static URI withoutSlash(URI url) {
		String text = url.toString();
		return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : url;
	}

	private Optional<String> credential(Provider provider, Settings settings) {
		return credentials(provider, settings).stream().findFirst();
	}

	/** Those that are configured; else that of the first variable which is set. */
	private List<String> credentials(Provider provider, Settings settings) {
		List<String> configured = settings.all();
		if (!configured.isEmpty()) {
			return configured;
		}
		Optional<String> pair = (provider.auth().scheme() == Provider.Auth.Scheme.AWS) ? accessKey() : Optional.empty();
		return pair
			.or(() -> provider.auth()
				.variables()
				.stream()
				.map(variable -> this.environment.getProperty(variable, ""))
				.filter(value -> !value.isBlank())
				.findFirst())
			.stream()
			.toList();
	}

	/** The variables that AWS's own tools read. */
	private Optional<String> accessKey() {
		String id = this.environment.getProperty("AWS_ACCESS_KEY_ID", "");
		String secret = this.environment.getProperty("AWS_SECRET_ACCESS_KEY", "");
		String token = this.environment.getProperty("AWS_SESSION_TOKEN", "");
		return (id.isBlank() || secret.isBlank()) ? Optional.empty()
				: Optional.of(id + ":" + secret + (token.isBlank() ? "" : ":" + token));
	}

}
