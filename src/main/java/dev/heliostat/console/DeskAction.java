package dev.heliostat.console;

import java.util.Locale;

import org.springframework.http.HttpMethod;
import org.springframework.web.util.UriUtils;

import java.nio.charset.StandardCharsets;

/**
 * Everything that can be done on the operator's desk: one entry for each operation of the
 * admin API. Routes are made of this table and pages take their addresses from it, and a
 * key whose scopes do not permit an operation may not do it here, either.
 */
enum DeskAction {

	CATALOG("GET /admin/v1/catalog", "GET /desk/catalog"), EXPLAIN("POST /admin/v1/explain", "POST /desk/explain"),

	LIST_PROJECTS("GET /admin/v1/projects", "GET /desk/projects"),
	CREATE_PROJECT("POST /admin/v1/projects", "POST /desk/projects"),
	GET_PROJECT("GET /admin/v1/projects/{id}", "GET /desk/projects/{id}"),
	UPDATE_PROJECT("PATCH /admin/v1/projects/{id}", "POST /desk/projects/{id}"),
	ARCHIVE_PROJECT("POST /admin/v1/projects/{id}/archive", "POST /desk/projects/{id}/archive"),
	RESTORE_PROJECT("POST /admin/v1/projects/{id}/restore", "POST /desk/projects/{id}/restore"),

	LIST_KEYS("GET /admin/v1/keys", "GET /desk/keys"), CREATE_KEY("POST /admin/v1/keys", "POST /desk/keys"),
	GET_KEY("GET /admin/v1/keys/{id}", "GET /desk/keys/{id}"),
	UPDATE_KEY("PATCH /admin/v1/keys/{id}", "POST /desk/keys/{id}"),
	ROTATE_KEY("POST /admin/v1/keys/{id}/rotate", "POST /desk/keys/{id}/rotate"),
	REVOKE_KEY("POST /admin/v1/keys/{id}/revoke", "POST /desk/keys/{id}/revoke"),
	EXPIRE_KEY("POST /admin/v1/keys/{id}/expire", "POST /desk/keys/{id}/expire"),

	LIST_BUDGETS("GET /admin/v1/budgets", "GET /desk/budgets"),
	CREATE_BUDGET("POST /admin/v1/budgets", "POST /desk/budgets"),
	GET_BUDGET("GET /admin/v1/budgets/{id}", "GET /desk/budgets/{id}"),
	UPDATE_BUDGET("PATCH /admin/v1/budgets/{id}", "POST /desk/budgets/{id}"),
	DELETE_BUDGET("DELETE /admin/v1/budgets/{id}", "POST /desk/budgets/{id}/delete"),

	LIST_PROVIDERS("GET /admin/v1/providers", "GET /desk/providers"),
	GET_PROVIDER("GET /admin/v1/providers/{name}", "GET /desk/providers/{id}"),
	SWITCH_PROVIDER("PUT /admin/v1/providers/{name}", "POST /desk/providers/{id}/switch"),
	TEST_PROVIDER("POST /admin/v1/providers/{name}/test", "POST /desk/providers/{id}/test"),

	LIST_GENERATIONS("GET /admin/v1/generations", "GET /desk/generations"),
	GET_GENERATION("GET /admin/v1/generations/{id}", "GET /desk/generations/{id}"),
	DELETE_MEDIA("DELETE /admin/v1/generations/{id}/media", "POST /desk/generations/{id}/delete-media"),

	LIST_WEBHOOKS("GET /admin/v1/webhooks", "GET /desk/webhooks"),
	GET_WEBHOOK("GET /admin/v1/webhooks/{id}", "GET /desk/webhooks/{id}"),
	REDELIVER_WEBHOOK("POST /admin/v1/webhooks/{id}/redeliver", "POST /desk/webhooks/{id}/redeliver"),

	USAGE("GET /admin/v1/usage", "GET /desk/usage"),
	RECONCILE("POST /admin/v1/reconciliations", "POST /desk/reconciliation"),
	BACKUP("POST /admin/v1/backup", "POST /desk/backup"), RETENTION("POST /admin/v1/retention", "POST /desk/retention"),

	FORBID_PUBLICATION("DELETE /admin/v1/publications/{id}", "POST /publications/{id}/forbid"),

	LIST_AUDIT("GET /admin/v1/audit", "GET /desk/audit"),
	VERIFY_AUDIT("GET /admin/v1/audit/verify", "GET /desk/audit/verify");

	private final String operation;

	private final String page;

	DeskAction(String operation, String page) {
		this.operation = operation;
		this.page = page;
	}

	/** Method and path of the API's operation. */
	String operation() {
		return this.operation;
	}

	/** Method and path of the page. */
	String page() {
		return this.page;
	}

	HttpMethod method() {
		return HttpMethod.valueOf(this.page.substring(0, this.page.indexOf(' ')));
	}

	/** The page's path as routes have it. */
	String path() {
		return this.page.substring(this.page.indexOf(' ') + 1);
	}

	/** The page of one thing. */
	String path(String id) {
		return path().replace("{id}", UriUtils.encodePathSegment(id, StandardCharsets.UTF_8));
	}

	/** The part of the API that scopes of keys name: {@code admin/keys}. */
	String endpoint() {
		return "admin/" + this.operation.split("/")[3].toLowerCase(Locale.ROOT);
	}

}
