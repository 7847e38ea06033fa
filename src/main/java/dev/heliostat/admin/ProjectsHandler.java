package dev.heliostat.admin;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.heliostat.access.AccessJson;
import dev.heliostat.access.Project;
import dev.heliostat.access.Projects;
import dev.heliostat.access.Rates;
import dev.heliostat.access.Retention;
import dev.heliostat.access.Scope;
import dev.heliostat.api.AdminRequests;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Projects over HTTP.
 */
class ProjectsHandler {

	private final Projects projects;

	private final AdminRequests requests;

	ProjectsHandler(Projects projects, AdminRequests requests) {
		this.projects = projects;
		this.requests = requests;
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.requests.body(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Projects.Wanted wanted = new Projects.Wanted(fields.text("id"), fields.requiredName("name"),
					fields.scopes("scopes").orElse(Scope.ALL), fields.tags("tags").orElse(Map.of()),
					LimitFields.limits(fields), LimitFields.retention(fields, Retention.UNSAID));
			fields.end();
			return this.projects.create(AdminRequests.actor(request), wanted, this.requests.repetition(request, body));
		})
			.flatMap(made -> Answers.versioned(ServerResponse.created(URI.create("/admin/v1/projects/" + made.id())),
					AccessJson.of(made), made.version()));
	}

	Mono<ServerResponse> list(ServerRequest request) {
		int limit = AdminRequests.limit(request);
		return this.projects.list(request.queryParam("after"), limit + 1)
			.flatMap(found -> Answers.ok(AdminRequests.page(found, limit, Project::id, AccessJson::of)));
	}

	Mono<ServerResponse> get(ServerRequest request) {
		return this.projects.get(request.pathVariable("id")).flatMap(ProjectsHandler::answer);
	}

	Mono<ServerResponse> update(ServerRequest request) {
		return this.requests.body(request).flatMap(body -> {
			Fields fields = new Fields(body);
			Optional<String> name = fields.name("name");
			Optional<Scope> scopes = fields.has("scopes") ? Optional.of(fields.scopes("scopes").orElse(Scope.ALL))
					: Optional.empty();
			Optional<Map<String, String>> tags = fields.has("tags") ? Optional.of(fields.tags("tags").orElse(Map.of()))
					: Optional.empty();
			boolean limited = fields.has("limits");
			Optional<Rates> limits = LimitFields.limits(fields);
			boolean retained = fields.has("retention");
			UnaryOperator<Retention> retention = retained ? before -> LimitFields.retention(fields, before)
					: before -> before;
			LimitFields.retention(fields, Retention.UNSAID);
			fields.end();
			return this.projects.update(AdminRequests.actor(request), request.pathVariable("id"),
					AdminRequests.requiredVersion(request),
					project -> new Project(project.id(), name.orElse(project.name()), scopes.orElse(project.scope()),
							tags.orElse(project.tags()), limited ? limits : project.limits(),
							retention.apply(project.retention()), project.version(), project.createdAt(),
							project.archivedAt()));
		}).flatMap(ProjectsHandler::answer);
	}

	Mono<ServerResponse> archive(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			new Fields(body).end();
			return this.projects.archive(AdminRequests.actor(request), request.pathVariable("id"),
					AdminRequests.version(request));
		}).flatMap(ProjectsHandler::answer);
	}

	Mono<ServerResponse> restore(ServerRequest request) {
		return this.requests.optionalBody(request).flatMap(body -> {
			new Fields(body).end();
			return this.projects.restore(AdminRequests.actor(request), request.pathVariable("id"),
					AdminRequests.version(request));
		}).flatMap(ProjectsHandler::answer);
	}

	private static Mono<ServerResponse> answer(Project project) {
		return Answers.versioned(AccessJson.of(project), project.version());
	}

}
