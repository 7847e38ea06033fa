package dev.heliostat.console;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Budget;
import dev.heliostat.access.BudgetJson;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Limits;
import dev.heliostat.admin.AccessChanges;
import dev.heliostat.admin.Asked;
import dev.heliostat.console.Desk.Filled;
import dev.heliostat.console.DeskForm.Field;
import dev.heliostat.console.DeskForm.Option;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Budgets on the desk, and what callers see of theirs.
 */
final class BudgetsDesk {

	private final Budgets budgets;

	private final Limits limits;

	private final AccessChanges changes;

	private final Desk desk;

	BudgetsDesk(Budgets budgets, Limits limits, AccessChanges changes, Desk desk) {
		this.budgets = budgets;
		this.limits = limits;
		this.changes = changes;
		this.desk = desk;
	}

	/** A budget as pages show it: amounts in words, and how much of it is taken. */
	static Map<String, Object> row(ObjectNode json) {
		Map<String, Object> row = new HashMap<>(Words.map(json));
		String measure = json.path("measure").isString() ? json.path("measure").asString()
				: json.has("usd_micros") ? "usd_micros" : json.has("images") ? "images" : "megapixels";
		BigDecimal amount = json.path(json.has("amount") ? "amount" : measure).decimalValue();
		row.put("measure", measure);
		row.put("permits", amount(measure, amount));
		if (json.has("left")) {
			BigDecimal taken = json.path("used").decimalValue().add(json.path("reserved").decimalValue());
			row.put("used_words", amount(measure, json.path("used").decimalValue()));
			row.put("reserved_words", amount(measure, json.path("reserved").decimalValue()));
			row.put("left_words", amount(measure, json.path("left").decimalValue()));
			row.put("taken_percent", Math.min(100, Math.round(100 * taken.doubleValue() / amount.doubleValue())));
		}
		return row;
	}

	private static String amount(String measure, BigDecimal value) {
		return measure.equals("usd_micros") ? PriceWords.dollars(value.movePointLeft(6))
				: value.stripTrailingZeros().toPlainString() + ' ' + (measure.equals("images") ? "pictures" : "MP");
	}

	Mono<ServerResponse> list(ServerRequest request) {
		Optional<String> after = ProjectsDesk.after(request);
		return this.budgets.all()
			.map(all -> all.stream()
				.dropWhile(budget -> after.isPresent() && !budget.id().equals(after.get()))
				.skip(after.isPresent() ? 1 : 0)
				.limit(Desk.PAGE + 1L)
				.toList())
			.flatMap(found -> this.budgets.standings(found.stream().limit(Desk.PAGE).toList(), Optional.empty())
				.flatMap(standings -> {
					Map<String, Object> model = new HashMap<>();
					model.put("rows", standings.stream().map(standing -> row(BudgetJson.of(standing))).toList());
					model.put("next", (found.size() > Desk.PAGE) ? standings.getLast().budget().id() : "");
					model.put("first", after.isEmpty());
					model.put("limits", this.limits.configured());
					return this.desk.page(request, "desk-budgets", model);
				}));
	}

	private static Filled blank(Map<String, String> owner) {
		List<Field> fields = AccessForms.with(
				List.of(Field.select("owner", "Whose", "", new Option("key", "a key"),
						new Option("project", "a project"), new Option("each_user", "each end user of a project"),
						new Option("user", "one end user of a project")),
						Field.text("owner_id", "Id of the key or the project", "").demanded(),
						Field.text("user", "End user",
								"As requests name them; kept as a hash. Only for one end user.")),
				AccessForms.terms(false));
		DeskForm form = new DeskForm("New budget", "It is in force at once; what was spent before does not count.",
				DeskAction.CREATE_BUDGET.path(), "Create it", DeskAction.LIST_BUDGETS.path(), "", Desk.once(), fields,
				"", List.of());
		return new Filled(form.filled(owner, Map.of()), Map.of());
	}

	Mono<ServerResponse> fresh(ServerRequest request) {
		Map<String, String> owner = request.queryParam("key")
			.map(id -> Map.of("owner", "key", "owner_id", id))
			.or(() -> request.queryParam("project").map(id -> Map.of("owner", "project", "owner_id", id)))
			.orElse(Map.of());
		return this.desk.form(request, 200, blank(owner).form());
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.desk.submit(request, Mono.fromSupplier(() -> blank(Map.of())), fields -> {
			ObjectNode body = owner(fields);
			AccessForms.terms(fields, body);
			return this.changes.createBudget(this.desk.asked(request, fields, body), body)
				.flatMap(made -> Desk.see(DeskAction.GET_BUDGET.path(made.id()) + "?done=created"));
		});
	}

	private static ObjectNode owner(MultiValueMap<String, String> fields) {
		ObjectNode body = JsonNodeFactory.instance.objectNode();
		String id = Forms.first(fields, "owner_id").strip();
		switch (Forms.first(fields, "owner")) {
			case "key" -> body.put("key", id);
			case "project" -> body.put("project", id);
			case "each_user" -> body.put("project", id).put("each_user", true);
			case "user" -> body.put("project", id).put("user", Forms.first(fields, "user").strip());
			default -> throw AccessForms.invalid("owner", Forms.first(fields, "owner"), "one of those listed");
		}
		return body;
	}

	private static Filled form(Budget budget) {
		Map<String, String> values = AccessForms.values(budget);
		List<Field> fields = AccessForms.terms(false)
			.stream()
			.map(field -> !field.name().equals("measure") ? field
					: new Field(field.name(), field.label(), field.kind(), "", "",
							field.options()
								.stream()
								.filter(option -> option.value().equals(budget.terms().measure().key()))
								.toList(),
							"What is counted stays; make another budget for something else.", true, ""))
			.toList();
		return new Filled(new DeskForm("Change the budget", "The amount is in force everywhere at once.",
				DeskAction.UPDATE_BUDGET.path(budget.id()), "Save", DeskAction.GET_BUDGET.path(budget.id()),
				Long.toString(budget.version()), "", fields, "", List.of())
			.filled(values), values);
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return this.budgets.get(request.pathVariable("id"))
			.flatMap(budget -> this.budgets.standings(List.of(budget), Optional.empty()).flatMap(standings -> {
				Map<String, Object> model = new HashMap<>();
				model.put("budget", row(BudgetJson.of(standings.getFirst())));
				model.put("form", form(budget).form());
				model.put("changeable", budget.id().startsWith("budget_"));
				return this.desk.page(request, "desk-budget", model);
			}));
	}

	Mono<ServerResponse> update(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.submit(request, this.budgets.get(id).map(BudgetsDesk::form), fields -> {
			ObjectNode body = AccessForms.terms(fields, JsonNodeFactory.instance.objectNode());
			return this.changes.updateBudget(this.desk.asked(request, fields, body), id, body)
				.flatMap(saved -> Desk.see(DeskAction.GET_BUDGET.path(id) + "?done=saved"));
		});
	}

	Mono<ServerResponse> delete(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.act(request, this::get, fields -> {
			Asked asked = this.desk.asked(request, fields, JsonNodeFactory.instance.objectNode());
			return this.changes.deleteBudget(asked, id)
				.then(Mono.defer(() -> Desk.see(DeskAction.LIST_BUDGETS.path() + "?done=deleted")));
		});
	}

	/** What is left for the visitor's own key. */
	Mono<ServerResponse> balance(ServerRequest request) {
		var caller = Desk.caller(request);
		return this.budgets.standings(this.budgets.of(caller, Optional.empty()), Optional.empty())
			.flatMap(standings -> this.desk.page(request, "balance",
					Map.of("budgets", standings.stream().map(standing -> row(BudgetJson.forCaller(standing))).toList(),
							"limits", this.limits.words(caller.keyId(), caller.project()))));
	}

}
