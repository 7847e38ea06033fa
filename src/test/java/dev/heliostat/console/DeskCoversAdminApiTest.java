package dev.heliostat.console;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.heliostat.testing.Browser;
import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.OpenApiDocument;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the admin API can do, the desk can, and nothing is only promised: the
 * operations of the API, the table of the desk's actions, and what its pages really offer
 * are the same.
 */
class DeskCoversAdminApiTest {

	private static final Pattern FORM = Pattern.compile(
			"<form[^>]*\\bmethod=\"(post|get)\"[^>]*\\baction=\"([^\"?]*)|<form[^>]*\\baction=\"([^\"?]*)\"[^>]*\\bmethod=\"(post|get)\"");

	private static final Pattern LINK = Pattern.compile("<a\\b[^>]*\\bhref=\"([^\"]*)\"");

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		gateway = Gateway.start();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@Test
	void everyOperationOfTheAdminApiIsAnActionOfTheDesk() {
		Set<String> operations = OpenApiDocument.of(gateway)
			.operations()
			.stream()
			.filter(operation -> operation.contains(" /admin/v1/"))
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> table = Arrays.stream(DeskAction.values())
			.map(DeskAction::operation)
			.collect(Collectors.toCollection(TreeSet::new));

		assertThat(table).hasSameSizeAs(DeskAction.values()).isEqualTo(operations);
	}

	@Test
	void everyActionOfTheDeskIsOfferedByAPage() {
		Browser browser = Browser.signedIn(gateway, Gateway.ADMIN_KEY);
		somethingOfEverything();
		Set<String> offered = new TreeSet<>();
		Set<String> seen = new HashSet<>();
		Map<String, Integer> visits = new HashMap<>();
		Deque<String> open = new ArrayDeque<>(Set.of("/desk"));
		while (!open.isEmpty()) {
			String path = open.pop();
			Answer page = browser.get(path);
			assertThat(page.status()).as(path + ": " + page.text()).isEqualTo(200);
			if (page.header("content-type").startsWith("text/html")) {
				assertThat(page.header("content-security-policy")).contains("default-src 'none'");
				assertThat(page.text()).as(path).doesNotContain(" style=\"", "<style", "onclick=", "javascript:");
				for (String found : addresses(page.text())) {
					String kind = kind(found);
					offered.add(kind);
					String at = found.substring(found.indexOf(' ') + 1);
					// A few pages of each kind are enough: three declared keys, and one
					// that can be changed.
					if (found.startsWith("GET ") && at.startsWith("/desk") && !seen.contains(at)
							&& visits.merge(kind + at.contains("?"), 1, Integer::sum) <= 6) {
						seen.add(at);
						open.add(at);
					}
				}
			}
		}
		Set<String> table = Arrays.stream(DeskAction.values())
			.map(DeskAction::page)
			// Galleries have their own pages, where whoever may remove a picture finds
			// that.
			.filter(page -> page.contains(" /desk"))
			.collect(Collectors.toCollection(TreeSet::new));

		offered.removeIf(found -> !found.contains(" /desk"));
		offered.removeAll(Set.of("GET /desk", "GET /desk/projects/new", "GET /desk/keys/new", "GET /desk/budgets/new",
				"GET /desk/generations/export", "GET /desk/usage/export", "GET /desk/store", "GET /desk/explain"));
		assertThat(offered).isEqualTo(table);
	}

	/** Pages offer what can be done to what there is. */
	private static void somethingOfEverything() {
		assertThat(gateway.post("/admin/v1/keys", Gateway.ADMIN_KEY, "{\"name\": \"k\", \"kind\": \"live\"}").status())
			.isEqualTo(201);
		gateway.post("/admin/v1/budgets", Gateway.ADMIN_KEY,
				"{\"project\": \"default\", \"usd_micros\": 5000000, \"window\": \"month\"}");
		gateway.post("/admin/v1/projects", Gateway.ADMIN_KEY, "{\"id\": \"gone\", \"name\": \"Gone\"}");
		gateway.post("/admin/v1/projects/gone/archive", Gateway.ADMIN_KEY, "{}");
		Answer made = gateway.post("/v1/images/generations?", Gateway.TEST_KEY,
				Requests.CARD.replaceFirst("\\{", "{\"webhook_url\": \"https://hooks.example.org/x\", "));
		assertThat(made.status()).as(made.text()).isEqualTo(200);
	}

	private static Set<String> addresses(String page) {
		Set<String> found = new TreeSet<>();
		Matcher form = FORM.matcher(page);
		while (form.find()) {
			String method = (form.group(1) != null) ? form.group(1) : form.group(4);
			found.add(method.toUpperCase() + " " + ((form.group(2) != null) ? form.group(2) : form.group(3)));
		}
		Matcher link = LINK.matcher(page);
		while (link.find()) {
			found.add("GET " + link.group(1).replace("&amp;", "&"));
		}
		return found;
	}

	private static final Map<String, String> IDS = Map.of("projects", "", "keys", "", "budgets", "", "providers", "",
			"generations", "", "webhooks", "");

	/** An address with its ids as the table has them. */
	private static String kind(String address) {
		String path = address.replaceFirst("\\?.*", "");
		String[] parts = path.split("/");
		if (parts.length > 3 && IDS.containsKey(parts[2]) && !Set.of("new", "export").contains(parts[3])) {
			parts[3] = "{id}";
		}
		return String.join("/", parts);
	}

}
