package dev.heliostat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stops a start with a setting that nothing reads: most likely a typing error, and
 * silence would be the worst answer.
 */
class UnknownPropertyCheck implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

	private static final String PREFIX = "heliostat.";

	@Override
	public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
		Map<String, String> known = known();
		List<String> unknown = new ArrayList<>();
		for (String name : configuredNames(event.getEnvironment())) {
			if (!isKnown(known, name)) {
				unknown.add(name);
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownPropertyException(unknown);
		}
	}

	/**
	 * Names as files, arguments and system properties write them; variables have no exact
	 * form to be compared.
	 */
	private static Set<String> configuredNames(ConfigurableEnvironment environment) {
		Set<String> names = new TreeSet<>();
		for (PropertySource<?> source : environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String name : enumerable.getPropertyNames()) {
					if (name.startsWith(PREFIX)) {
						names.add(name);
					}
				}
			}
		}
		return names;
	}

	private static boolean isKnown(Map<String, String> known, String name) {
		String plain = name.replaceAll("\\[[^\\]]*\\]", "");
		String compact = compact(plain.replace("_", "-"));
		return known.entrySet()
			.stream()
			.anyMatch(setting -> compact.equals(compact(setting.getKey()))
					|| (hasMembers(setting.getValue()) && compact.startsWith(compact(setting.getKey()) + ".")));
	}

	private static boolean hasMembers(String type) {
		return type.startsWith("java.util.Map") || type.startsWith("java.util.List<dev.heliostat.");
	}

	/**
	 * Relaxed binding reads {@code dataDir}, {@code data-dir} and {@code datadir} alike.
	 */
	private static String compact(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * The types of all settings by name; below a map, or a list of several settings each,
	 * anything may stand.
	 */
	private static Map<String, String> known() {
		Map<String, String> types = new TreeMap<>();
		for (String file : List.of("spring-configuration-metadata.json",
				"additional-spring-configuration-metadata.json")) {
			try (InputStream stream = UnknownPropertyCheck.class.getResourceAsStream("/META-INF/" + file)) {
				if (stream != null) {
					JsonNode metadata = JsonMapper.builder().build().readTree(stream);
					metadata.path("properties")
						.forEach(property -> types.put(property.path("name").asString(),
								property.path("type").asString()));
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return types;
	}

}
