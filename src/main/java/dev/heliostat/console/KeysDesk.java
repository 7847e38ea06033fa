package dev.heliostat.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.AccessJson;
import dev.heliostat.access.AccessKey;
import dev.heliostat.access.Budget;
import dev.heliostat.access.BudgetJson;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Keys;
import dev.heliostat.access.Keys.Issued;
import dev.heliostat.access.Limits;
import dev.heliostat.access.Project;
import dev.heliostat.access.PublicUrl;
import dev.heliostat.admin.AccessChanges;
import dev.heliostat.console.Desk.Filled;
import dev.heliostat.console.DeskForm.Field;
import dev.heliostat.console.DeskForm.Option;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keys on the desk. A secret is on one page only, and never again.
 */
final class KeysDesk {

	private static final long HOUR = 3600;

	private final Keys keys;

	private final Budgets budgets;

	private final Limits limits;

	private final AccessChanges changes;

	private final PublicUrl publicUrl;

	private final Desk desk;

	KeysDesk(Keys keys, Budgets budgets, Limits limits, AccessChanges changes, PublicUrl publicUrl, Desk desk) {
		this.keys = keys;
		this.budgets = budgets;
		this.limits = limits;
		this.changes = changes;
		this.publicUrl = publicUrl;
		this.desk = desk;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		Optional<String> after = ProjectsDesk.after(request);
		Optional<String> project = request.queryParam("project").filter(id -> !id.isBlank());
		Optional<Caller.Kind> kind = request.queryParam("kind")
			.flatMap(word -> List.of(Caller.Kind.values())
				.stream()
				.filter(known -> OfferingCards.lower(known).equals(word))
				.findFirst());
		Instant now = Instant.now();
		return this.keys.list(after, project, kind, Desk.PAGE + 1).flatMap(found -> {
			List<AccessKey> shown = found.stream().limit(Desk.PAGE).toList();
			Map<String, Object> model = new HashMap<>();
			model.put("rows", shown.stream().map(key -> Words.map(AccessJson.of(key, now))).toList());
			model.put("next", (found.size() > Desk.PAGE) ? shown.getLast().id() : "");
			model.put("first", after.isEmpty());
			model.put("project", project.orElse(""));
			model.put("kind", kind.map(OfferingCards::lower).orElse(""));
			return this.desk.page(request, "desk-keys", model);
		});
	}

	private static Filled blank(String project) {
		List<Field> first = new ArrayList<>(List.of(AccessForms.name(),
				Field.select("kind", "Kind", "", new Option("live", "live: makes pictures and spends money"),
						new Option("test", "test: the sandbox, free"),
						new Option("admin", "admin: this desk and its API")),
				Field.text("project", "Project", "The id of the project that pays.").demanded(), AccessForms.end()));
		first.addAll(AccessForms.terms(true));
		DeskForm form = new DeskForm("New key", "The key is shown once, on the next page.",
				DeskAction.CREATE_KEY.path(), "Create the key", DeskAction.LIST_KEYS.path(), "", Desk.once(),
				AccessForms.with(first, AccessForms.with(AccessForms.scopes(), List.of(LimitForms.limits()))), "",
				List.of());
		return new Filled(form.filled(Map.of("project", project), Map.of()), Map.of());
	}

	Mono<ServerResponse> fresh(ServerRequest request) {
		String project = request.queryParam("project").filter(id -> !id.isBlank()).orElse(Project.DEFAULT);
		return this.desk.form(request, 200, blank(project).form());
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.desk.submit(request, Mono.fromSupplier(() -> blank(Project.DEFAULT)), fields -> {
			ObjectNode body = AccessForms.named(fields);
			body.put("kind", Forms.first(fields, "kind"));
			body.put("project", Forms.first(fields, "project").strip());
			AccessForms.end(fields).ifPresent(end -> body.put("expires_at", end));
			LimitForms.limits(fields, body);
			if (!Forms.first(fields, "amount").isBlank()) {
				AccessForms.terms(fields, body.putObject("budget"));
			}
			return this.changes.createKey(this.desk.asked(request, fields, body), body)
				.flatMap(made -> issued(request, made));
		});
	}

	/** The only page that shows a secret; a browser does not keep it. */
	private Mono<ServerResponse> issued(ServerRequest request, Issued made) {
		Map<String, Object> model = new HashMap<>();
		model.put("key", Words.map(AccessJson.of(made.key(), Instant.now())));
		model.put("secret", made.secret().orElse(""));
		model.put("origin", this.publicUrl.value());
		return this.desk.page(request, "desk-secret", model);
	}

	private static Filled form(AccessKey key) {
		Map<String, String> values = AccessForms.values(key);
		return new Filled(new DeskForm("Change " + key.name(), "", DeskAction.UPDATE_KEY.path(key.id()), "Save",
				DeskAction.GET_KEY.path(key.id()), Long.toString(key.version()), "",
				AccessForms.with(List.of(AccessForms.name(), AccessForms.end()),
						AccessForms.with(AccessForms.scopes(), List.of(LimitForms.limits()))),
				"", List.of())
			.filled(values), values);
	}

	Mono<ServerResponse> get(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.keys.get(id)
			.flatMap(key -> this.budgets.all()
				.map(all -> all.stream().filter(budget -> isOf(budget, key)).toList())
				.flatMap(own -> this.budgets.standings(own, Optional.empty()))
				.flatMap(standings -> {
					Map<String, Object> model = new HashMap<>();
					model.put("key", Words.map(AccessJson.of(key, Instant.now())));
					model.put("form", form(key).form());
					model.put("changeable", key.source() == AccessKey.Source.STORED);
					model.put("budgets",
							standings.stream().map(standing -> BudgetsDesk.row(BudgetJson.of(standing))).toList());
					model.put("limits", this.limits.words(key.id(), key.project()));
					return this.desk.page(request, "desk-key", model);
				}));
	}

	private static boolean isOf(Budget budget, AccessKey key) {
		return budget.owner().id().equals((budget.owner().kind() == Budget.Owner.Kind.KEY) ? key.id() : key.project());
	}

	Mono<ServerResponse> update(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.submit(request, this.keys.get(id).map(KeysDesk::form), fields -> {
			ObjectNode body = AccessForms.named(fields);
			LimitForms.limits(fields, body);
			String before = Forms.first(fields, "_was.expires_at");
			// An end that has come stays as it is, unless somebody enters another one.
			if (!before.equals(Forms.first(fields, "expires_at")) || before.isEmpty()) {
				AccessForms.end(fields)
					.ifPresentOrElse(end -> body.put("expires_at", end), () -> body.putNull("expires_at"));
			}
			return this.changes.updateKey(this.desk.asked(request, fields, body), id, body)
				.flatMap(saved -> Desk.see(DeskAction.GET_KEY.path(id) + "?done=saved"));
		});
	}

	Mono<ServerResponse> rotate(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.act(request, this::get, fields -> {
			ObjectNode body = JsonNodeFactory.instance.objectNode();
			String hours = Forms.first(fields, "overlap_hours");
			if (!hours.matches("[0-9]{1,4}")) {
				throw AccessForms.invalid("overlap_hours", hours, "a whole number of hours, 0 to 2160");
			}
			body.put("overlap_seconds", Long.parseLong(hours) * HOUR);
			return this.changes.rotateKey(this.desk.asked(request, fields, body), id, body)
				.flatMap(made -> issued(request, made));
		});
	}

	Mono<ServerResponse> revoke(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.act(request, this::get,
				fields -> this.changes
					.revokeKey(this.desk.asked(request, fields, JsonNodeFactory.instance.objectNode()), id)
					.flatMap(done -> Desk.see(DeskAction.GET_KEY.path(id) + "?done=revoked")));
	}

	Mono<ServerResponse> expire(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.act(request, this::get, fields -> {
			ObjectNode body = JsonNodeFactory.instance.objectNode();
			AccessForms.end(fields).ifPresent(end -> body.put("expires_at", end));
			return this.changes.expireKey(this.desk.asked(request, fields, body), id, body)
				.flatMap(done -> Desk.see(DeskAction.GET_KEY.path(id) + "?done=expiring"));
		});
	}

}
