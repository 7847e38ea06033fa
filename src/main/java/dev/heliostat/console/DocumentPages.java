package dev.heliostat.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.heliostat.image.GatewayError;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The documents of this version as pages. They come with the jar, are read once, and no
 * path of a request becomes a path of a file.
 */
final class DocumentPages {

	/** What a newcomer reads first comes first. */
	private static final List<String> ORDER = List.of("api", "console", "routing", "sandbox", "providers",
			"catalog-format", "production", "configuration", "architecture", "decisions");

	private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create(),
			HeadingAnchorExtension.create());

	private final Map<String, Document> documents;

	private final Pages pages;

	DocumentPages(Pages pages) {
		this.pages = pages;
		this.documents = read();
	}

	/**
	 * A document.
	 *
	 * @param name its name in addresses
	 * @param title its first heading
	 * @param summary its first paragraph, as plain text
	 * @param html its content, made of Markdown without any HTML of its own
	 * @param sections its second-level headings, by anchor
	 */
	record Document(String name, String title, String summary, String html, List<Section> sections) {

		/** A heading with its anchor. */
		record Section(String anchor, String title) {
		}

	}

	Mono<ServerResponse> index(ServerRequest request) {
		return this.pages.page(request, "documents", Map.of("documents", ordered()));
	}

	Mono<ServerResponse> document(ServerRequest request) {
		Document document = this.documents.get(request.pathVariable("name"));
		if (document == null) {
			return Mono
				.error(new GatewayError.NotFound("There is no document of that name. The list at /docs has them all.")
					.asException());
		}
		return this.pages.page(request, "document", Map.of("document", document, "documents", ordered()));
	}

	private List<Document> ordered() {
		return this.documents.values().stream().sorted(Comparator.comparingInt(document -> {
			int place = ORDER.indexOf(document.name());
			return (place < 0) ? ORDER.size() : place;
		})).toList();
	}

	private static Map<String, Document> read() {
		Map<String, Document> documents = new TreeMap<>();
		try {
			Resource[] files = new PathMatchingResourcePatternResolver().getResources("classpath:/console/docs/*.md");
			List<String> names = Arrays.stream(files).flatMap(file -> name(file).stream()).toList();
			for (Resource file : files) {
				try (InputStream stream = file.getInputStream()) {
					String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
					name(file).ifPresent(name -> documents.put(name, document(name, text, names)));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return documents;
	}

	private static Optional<String> name(Resource file) {
		return Optional.ofNullable(file.getFilename()).map(name -> name.substring(0, name.length() - ".md".length()));
	}

	private static Document document(String name, String text, List<String> names) {
		Node root = Parser.builder().extensions(EXTENSIONS).build().parse(text);
		root.accept(new Links(names));
		String title = name;
		String summary = "";
		List<Document.Section> sections = new java.util.ArrayList<>();
		for (Node node = root.getFirstChild(); node != null; node = node.getNext()) {
			if (node instanceof Heading heading && heading.getLevel() == 1) {
				title = PlainText.of(heading);
			}
			else if (node instanceof Heading heading && heading.getLevel() == 2) {
				String section = PlainText.of(heading);
				sections.add(new Document.Section(anchor(section), section));
			}
			else if (node instanceof Paragraph && summary.isEmpty()) {
				summary = PlainText.of(node);
			}
		}
		String html = HtmlRenderer.builder()
			.extensions(EXTENSIONS)
			.escapeHtml(true)
			.sanitizeUrls(true)
			// What is wider than a narrow window is scrolled by keyboard, too.
			.attributeProviderFactory(context -> (node, tag, attributes) -> {
				if (tag.equals("pre")) {
					attributes.put("tabindex", "0");
				}
			})
			.build()
			.render(root);
		return new Document(name, title, summary, html, sections);
	}

	/** As the extension makes them of plain headings. */
	private static String anchor(String heading) {
		return org.commonmark.ext.heading.anchor.IdGenerator.builder().build().generateId(heading);
	}

	/** What somebody would read aloud. */
	private static final class PlainText extends AbstractVisitor {

		private final StringBuilder text = new StringBuilder();

		static String of(Node node) {
			PlainText plain = new PlainText();
			node.accept(plain);
			return plain.text.toString().strip();
		}

		@Override
		public void visit(Text node) {
			this.text.append(node.getLiteral());
		}

		@Override
		public void visit(Code node) {
			this.text.append(node.getLiteral());
		}

		@Override
		public void visit(SoftLineBreak node) {
			this.text.append(' ');
		}

	}

	/** Links between documents lead to pages; those to other files lead nowhere. */
	private static final class Links extends AbstractVisitor {

		private final List<String> names;

		Links(List<String> names) {
			this.names = names;
		}

		@Override
		public void visit(Link link) {
			visitChildren(link);
			String target = link.getDestination();
			if (target.startsWith("https://") || target.startsWith("http://") || target.startsWith("#")) {
				return;
			}
			int hash = target.indexOf('#');
			String file = (hash < 0) ? target : target.substring(0, hash);
			String name = file.endsWith(".md") ? file.substring(0, file.length() - ".md".length()) : "";
			if (this.names.contains(name)) {
				link.setDestination("/docs/" + name + ((hash < 0) ? "" : target.substring(hash)));
				return;
			}
			Node last = link;
			for (Node child = link.getFirstChild(); child != null; child = link.getFirstChild()) {
				last.insertAfter(child);
				last = child;
			}
			last.insertAfter(new Text(" (" + file + ")"));
			link.unlink();
		}

	}

}
