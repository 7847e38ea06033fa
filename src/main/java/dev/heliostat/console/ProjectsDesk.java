package dev.heliostat.console;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.AccessJson;
import dev.heliostat.access.Project;
import dev.heliostat.access.Projects;
import dev.heliostat.admin.AccessChanges;
import dev.heliostat.console.Desk.Filled;
import dev.heliostat.console.DeskForm.Field;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Projects on the desk.
 */
final class ProjectsDesk {

	private final Projects projects;

	private final AccessChanges changes;

	private final Desk desk;

	ProjectsDesk(Projects projects, AccessChanges changes, Desk desk) {
		this.projects = projects;
		this.changes = changes;
		this.desk = desk;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		Optional<String> after = after(request);
		return this.projects.list(after, Desk.PAGE + 1).flatMap(found -> {
			List<Project> shown = found.stream().limit(Desk.PAGE).toList();
			Map<String, Object> model = new HashMap<>();
			model.put("rows", shown.stream().map(project -> Words.map(AccessJson.of(project))).toList());
			model.put("next", (found.size() > Desk.PAGE) ? shown.getLast().id() : "");
			model.put("first", after.isEmpty());
			return this.desk.page(request, "desk-projects", model);
		});
	}

	static Optional<String> after(ServerRequest request) {
		return request.queryParam("after").filter(cursor -> !cursor.isEmpty());
	}

	private static Filled blank() {
		return new Filled(new DeskForm("New project",
				"Budgets, limits and keys belong to projects, and what a project may not use none of its keys may.",
				DeskAction.CREATE_PROJECT.path(), "Create it", DeskAction.LIST_PROJECTS.path(), "", Desk.once(),
				AccessForms.with(
						List.of(AccessForms.name(), Field.text("id", "Id",
								"Up to 63 lower-case letters, digits, - and _. Empty: one is made. It never changes.")),
						more()),
				"", List.of()), Map.of());
	}

	private static List<Field> more() {
		List<Field> limits = AccessForms.with(List.of(LimitForms.limits()), LimitForms.retention());
		return AccessForms.with(AccessForms.scopes(), limits);
	}

	private static ObjectNode entered(MultiValueMap<String, String> fields) {
		ObjectNode body = AccessForms.named(fields);
		LimitForms.limits(fields, body);
		LimitForms.retention(fields, body);
		return body;
	}

	Mono<ServerResponse> fresh(ServerRequest request) {
		return this.desk.form(request, 200, blank().form());
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.desk.submit(request, Mono.fromSupplier(ProjectsDesk::blank), fields -> {
			ObjectNode body = entered(fields);
			String id = Forms.first(fields, "id").strip();
			if (!id.isEmpty()) {
				body.put("id", id);
			}
			return this.changes.createProject(this.desk.asked(request, fields, body), body)
				.flatMap(made -> Desk.see(DeskAction.GET_PROJECT.path(made.id()) + "?done=created"));
		});
	}

	private Mono<Filled> form(String id) {
		return this.projects.get(id).map(ProjectsDesk::form);
	}

	private static Filled form(Project project) {
		Map<String, String> values = AccessForms.values(project);
		return new Filled(new DeskForm("Change " + project.name(), "", DeskAction.UPDATE_PROJECT.path(project.id()),
				"Save", DeskAction.GET_PROJECT.path(project.id()), Long.toString(project.version()), "",
				AccessForms.with(List.of(AccessForms.name()), more()), "", List.of())
			.filled(values), values);
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return this.projects.get(request.pathVariable("id"))
			.flatMap(project -> this.desk.page(request, "desk-project",
					Map.of("project", Words.map(AccessJson.of(project)), "form", form(project).form())));
	}

	Mono<ServerResponse> update(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.submit(request, form(id), fields -> {
			ObjectNode body = entered(fields);
			return this.changes.updateProject(this.desk.asked(request, fields, body), id, body)
				.flatMap(saved -> Desk.see(DeskAction.GET_PROJECT.path(id) + "?done=saved"));
		});
	}

	Mono<ServerResponse> archive(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.act(request, this::get,
				fields -> this.projects.archive(Desk.actor(request), id, Desk.version(fields))
					.flatMap(done -> Desk.see(DeskAction.GET_PROJECT.path(id) + "?done=archived")));
	}

	Mono<ServerResponse> restore(ServerRequest request) {
		String id = request.pathVariable("id");
		return this.desk.act(request, this::get,
				fields -> this.projects.restore(Desk.actor(request), id, Desk.version(fields))
					.flatMap(done -> Desk.see(DeskAction.GET_PROJECT.path(id) + "?done=restored")));
	}

}
