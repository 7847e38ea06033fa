package dev.heliostat.e2e;

import java.net.http.HttpRequest;
import java.util.Set;
import java.util.TreeSet;

import dev.heliostat.testing.Gateway;
import dev.heliostat.testing.Gateway.Answer;
import dev.heliostat.testing.OpenApiDocument;
import dev.heliostat.testing.Requests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The description of the APIs says what there is, no more and no less, and answers are as
 * it says.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {

	private Gateway gateway;

	private OpenApiDocument document;

	@BeforeAll
	void start() {
		this.gateway = Gateway.start();
		this.document = OpenApiDocument.of(this.gateway);
	}

	@AfterAll
	void stop() {
		this.gateway.close();
	}

	/** Routes with a method; those without one only say what is possible. */
	private Set<String> routes() {
		Set<String> routes = new TreeSet<>();
		RouterFunction<?> all = this.gateway.bean("routerFunctionMapping", RouterFunctionMapping.class)
			.getRouterFunction();
		assertThat(all).isNotNull();
		all.accept(new Routes(routes));
		return routes;
	}

	/** Collects every route. */
	private record Routes(Set<String> found) implements RouterFunctions.Visitor {

		@Override
		public void startNested(RequestPredicate predicate) {
		}

		@Override
		public void endNested(RequestPredicate predicate) {
		}

		@Override
		public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
			Route route = new Route();
			predicate.accept(route);
			if (!route.method.isEmpty()) {
				this.found.add(route.method + " " + route.path.replace("{*", "{"));
			}
		}

		@Override
		public void resources(java.util.function.Function<ServerRequest, Mono<Resource>> lookup) {
		}

		@Override
		public void attributes(java.util.Map<String, Object> attributes) {
		}

		@Override
		public void unknown(RouterFunction<?> router) {
		}

	}

	/** Reads one route. */
	private static final class Route implements RequestPredicates.Visitor {

		private String method = "";

		private String path = "";

		@Override
		public void method(Set<HttpMethod> methods) {
			this.method = methods.iterator().next().name();
		}

		@Override
		public void path(String pattern) {
			this.path = pattern;
		}

		@Override
		public void pathExtension(String extension) {
		}

		@Override
		public void version(String version) {
		}

		@Override
		public void header(String name, String value) {
		}

		@Override
		public void queryParam(String name, String value) {
		}

		@Override
		public void startAnd() {
		}

		@Override
		public void and() {
		}

		@Override
		public void endAnd() {
		}

		@Override
		public void startOr() {
		}

		@Override
		public void or() {
		}

		@Override
		public void endOr() {
		}

		@Override
		public void startNegate() {
		}

		@Override
		public void endNegate() {
		}

		@Override
		public void unknown(RequestPredicate predicate) {
		}

	}

	@Test
	void everyRouteIsDescribedAndNothingElseIs() {
		// Pages for people are no API.
		Set<String> routes = new TreeSet<>(routes());
		routes.removeIf(route -> !route.matches("[A-Z]+ (/openai/v1|/v1|/admin/v1|/media|/openapi)[/.].*"));
		assertThat(this.document.operations()).isEqualTo(routes);
	}

	@Test
	void theDocumentIsWhole() {
		JsonNode json = this.document.json();
		assertThat(json.path("openapi").asString()).isEqualTo("3.1.0");
		Set<String> ids = new TreeSet<>();
		json.path("paths").forEach(path -> path.forEach(operation -> {
			if (operation.has("operationId")) {
				assertThat(ids.add(operation.path("operationId").asString())).isTrue();
				assertThat(operation.path("summary").asString()).isNotBlank();
			}
		}));
		checkReferences(json);
		assertThat(this.gateway.get("/openapi.yaml", "").text()).startsWith("openapi: 3.1.0");
	}

	private void checkReferences(JsonNode node) {
		JsonNode reference = node.path("$ref");
		if (reference.isString()) {
			assertThat(this.document.json().at(reference.asString().substring(1)).isMissingNode())
				.as(reference.asString())
				.isFalse();
		}
		node.forEach(this::checkReferences);
	}

	private Answer send(String method, String path, String described, String key, String body, String... headers) {
		HttpRequest.Builder request = this.gateway.request(path, key)
			.header("content-type", "application/json")
			.method(method,
					body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
		Answer answer = this.gateway.send((headers.length > 0) ? request.headers(headers) : request);
		this.document.check(method, described, answer);
		return answer;
	}

	private Answer admin(String method, String path, String described, String body, String... headers) {
		return send(method, "/admin/v1" + path, "/admin/v1" + described, Gateway.ADMIN_KEY, body, headers);
	}

	@Test
	void answersOfTheAdminApiAreAsDescribed() {
		assertThat(admin("POST", "/projects", "/projects", """
				{"id": "described", "name": "Described", "tags": {"a": "b"}, "scopes": {"models": ["flux*"]}}""")
			.status()).isEqualTo(201);
		admin("GET", "/projects?limit=2", "/projects", "");
		admin("GET", "/projects/described", "/projects/{id}", "");
		admin("PATCH", "/projects/described", "/projects/{id}", "{\"name\": \"Other\"}", "if-match", "*");
		admin("POST", "/projects/described/archive", "/projects/{id}/archive", "");
		admin("POST", "/projects/described/restore", "/projects/{id}/restore", "");
		Answer made = admin("POST", "/keys", "/keys", """
				{"name": "k", "kind": "live", "project": "described", "expires_at": 4102444800,
				 "scopes": {"sources": {"deny": ["192.0.2.0/24"]}, "endpoints": ["images*"], "providers": ["fal"]}}""");
		assertThat(made.status()).as(made.text()).isEqualTo(201);
		String id = made.json().path("id").asString();
		admin("GET", "/keys", "/keys", "");
		admin("GET", "/keys/" + id, "/keys/{id}", "");
		admin("PATCH", "/keys/" + id, "/keys/{id}", "{\"name\": \"other\"}", "if-match", "\"1\"");
		admin("POST", "/keys/" + id + "/rotate", "/keys/{id}/rotate", "{}");
		admin("POST", "/keys/" + id + "/expire", "/keys/{id}/expire",
				"{\"expires_at\": \"2099-01-01T00:00:00+02:00\"}");
		admin("POST", "/keys/" + id + "/revoke", "/keys/{id}/revoke", "");
		admin("GET", "/providers", "/providers", "");
		admin("GET", "/providers/replicate", "/providers/{name}", "");
		admin("PUT", "/providers/replicate", "/providers/{name}", "{\"enabled\": false}");
		assertThat(admin("POST", "/providers/sandbox/test", "/providers/{name}/test", "{\"confirm\": true}").status())
			.isEqualTo(400);
		assertThat(admin("POST", "/retention", "/retention", "").status()).isEqualTo(202);
		String hooked = this.gateway
			.generate(Gateway.TEST_KEY,
					Requests.CARD.replaceFirst("\\{", "{\"webhook_url\": \"https://hooks.example.org/x\", "))
			.json()
			.at("/metadata/id")
			.asString();
		assertThat(admin("GET", "/webhooks?state=waiting", "/webhooks", "").status()).isEqualTo(200);
		assertThat(admin("GET", "/webhooks/" + hooked, "/webhooks/{id}", "").status()).isEqualTo(200);
		assertThat(admin("POST", "/webhooks/" + hooked + "/redeliver", "/webhooks/{id}/redeliver", "").status())
			.isEqualTo(202);
		assertThat(this.gateway
			.send(this.gateway.request("/admin/v1/generations/" + hooked + "/media", Gateway.ADMIN_KEY).DELETE())
			.status()).isEqualTo(204);
		assertThat(admin("GET", "/webhooks/gen_none", "/webhooks/{id}", "").status()).isEqualTo(404);
		admin("GET", "/audit", "/audit", "");
		admin("GET", "/audit/verify", "/audit/verify", "");
		String budget = admin("POST", "/budgets", "/budgets",
				"{\"project\": \"described\", \"usd_micros\": 5000000, \"window\": \"month\"}")
			.json()
			.path("id")
			.asString();
		admin("GET", "/budgets", "/budgets", "");
		admin("GET", "/budgets/" + budget, "/budgets/{id}", "");
		admin("PATCH", "/budgets/" + budget, "/budgets/{id}", "{\"enforcement\": \"soft\"}");
		admin("GET", "/generations", "/generations", "");
		admin("GET", "/usage", "/usage", "");
		admin("GET", "/catalog", "/catalog", "");
		admin("POST", "/explain", "/explain", Requests.of("sandbox/flux.1-dev", "A cat"));
		assertThat(admin("POST", "/keys", "/keys", "{}").status()).isEqualTo(400);
	}

	@Test
	void answersOfTheClientApiAreAsDescribed() {
		Answer made = send("POST", "/v1/images/generations", "/images/generations", Gateway.TEST_KEY, Requests.CARD);
		assertThat(made.status()).as(made.text()).isEqualTo(200);
		send("POST", "/v1/images/generations?dryRun=true", "/images/generations", Gateway.TEST_KEY, Requests.CARD);
		Answer accepted = send("POST", "/openai/v1/images/generations", "/images/generations", Gateway.TEST_KEY,
				Requests.CARD, "prefer", "respond-async");
		String id = accepted.json().path("id").asString();
		send("GET", "/v1/generations/" + id, "/generations/{id}", Gateway.TEST_KEY, "", "prefer", "wait=10");
		send("GET", "/v1/generations", "/generations", Gateway.TEST_KEY, "");
		send("DELETE", "/v1/generations/" + id, "/generations/{id}", Gateway.TEST_KEY, "");
		send("GET", "/v1/generations/" + id + "/deliveries", "/generations/{id}/deliveries", Gateway.TEST_KEY, "");
		send("GET", "/v1/balance", "/balance", Gateway.TEST_KEY, "");
		send("GET", "/v1/models", "/models", Gateway.TEST_KEY, "");
		send("GET", "/v1/models/flux.1-dev?schema=true", "/models/{id}", Gateway.TEST_KEY, "");
		send("GET", "/v1/webhooks/secret", "/webhooks/secret", Gateway.TEST_KEY, "");
		send("POST", "/v1/webhooks/secret", "/webhooks/secret", Gateway.TEST_KEY, "");
		assertThat(send("POST", "/v1/images/generations", "/images/generations", "", Requests.CARD).status())
			.isEqualTo(401);
	}

}
