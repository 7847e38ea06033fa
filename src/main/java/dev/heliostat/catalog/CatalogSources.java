package dev.heliostat.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Where catalog files come from: the jar, and the operator's directory over it.
 */
final class CatalogSources {

	private final Path overlay;

	CatalogSources(Path overlay) {
		this.overlay = overlay;
	}

	/** The files of one kind, {@code models} or {@code providers}, by slug or name. */
	Map<String, CatalogFile> read(String kind, String idKey, List<CatalogProblem> problems) {
		Map<String, CatalogFile> files = new LinkedHashMap<>();
		for (YamlFile file : shipped(kind, problems)) {
			String id = file.json().path(idKey).asString("");
			if (files.putIfAbsent(id, CatalogFile.shipped(file)) != null) {
				problems.add(new CatalogProblem(file.name(), file.line("/" + idKey), idKey,
						id + " stands in two files (expected: one)"));
			}
		}
		for (YamlFile file : overlaid(kind, problems)) {
			String id = file.json().path(idKey).asString("");
			CatalogFile known = files.get(id);
			if (known != null && known.overlay().isPresent()) {
				problems.add(new CatalogProblem(file.name(), file.line("/" + idKey), idKey,
						id + " stands in two files (expected: one)"));
			}
			files.put(id, (known != null) ? known.with(file) : CatalogFile.added(file));
		}
		return files;
	}

	private static List<YamlFile> shipped(String kind, List<CatalogProblem> problems) {
		try {
			Resource[] resources = new PathMatchingResourcePatternResolver()
				.getResources("classpath*:catalog/" + kind + "/**/*.yaml");
			Arrays.sort(resources, Comparator.comparing(CatalogSources::relative));
			List<YamlFile> files = new ArrayList<>();
			for (Resource resource : resources) {
				YamlFile.parse(relative(resource), resource.getContentAsString(StandardCharsets.UTF_8), problems)
					.ifPresent(files::add);
			}
			return files;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String relative(Resource resource) {
		try {
			String url = resource.getURL().toString();
			return url.substring(url.lastIndexOf("/catalog/") + "/catalog/".length());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<YamlFile> overlaid(String kind, List<CatalogProblem> problems) {
		List<YamlFile> files = new ArrayList<>();
		for (Path path : paths(kind)) {
			String name = this.overlay.relativize(path).toString();
			try {
				YamlFile.parse(name, Files.readString(path), problems).ifPresent(files::add);
			}
			catch (IOException ex) {
				problems.add(new CatalogProblem(name, 1, "", "cannot be read: " + ex.getMessage()));
			}
		}
		return files;
	}

	/**
	 * The operator's files. Names that begin with two dots are Kubernetes' own: the
	 * visible names are links that lead through them.
	 */
	private List<Path> paths(String kind) {
		Path root = this.overlay.resolve(kind);
		if (!Files.isDirectory(root)) {
			return List.of();
		}
		try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
			return walk.filter(Files::isRegularFile)
				.filter(path -> path.toString().endsWith(".yaml") || path.toString().endsWith(".yml"))
				.filter(path -> Stream.iterate(path, at -> !at.equals(root), Path::getParent)
					.noneMatch(at -> at.getFileName().toString().startsWith("..")))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Changes when any file of the operator does, also when a link leads somewhere else.
	 */
	String fingerprint() {
		StringBuilder text = new StringBuilder();
		for (String kind : List.of("providers", "models")) {
			for (Path path : paths(kind)) {
				try {
					text.append(path)
						.append('=')
						.append(path.toRealPath())
						.append('@')
						.append(Files.getLastModifiedTime(path).toMillis())
						.append('#')
						.append(Files.size(path))
						.append('\n');
				}
				catch (IOException ex) {
					text.append(path).append(" unreadable\n");
				}
			}
		}
		return text.toString();
	}

}
