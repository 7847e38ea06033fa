package dev.heliostat.admin;

import java.net.URI;

import dev.heliostat.access.AccessJson;
import dev.heliostat.access.Project;
import dev.heliostat.access.Projects;
import dev.heliostat.access.Version;
import dev.heliostat.api.AdminRequests;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Projects over HTTP.
 */
class ProjectsHandler {

	private final Projects projects;

	private final AccessChanges changes;

	private final AdminRequests requests;

	ProjectsHandler(Projects projects, AccessChanges changes, AdminRequests requests) {
		this.changes = changes;
		this.projects = projects;
		this.requests = requests;
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.requests.body(request)
			.flatMap(body -> this.changes.createProject(asked(request, Version.ANY, body), body))
			.flatMap(made -> Answers.versioned(ServerResponse.created(URI.create("/admin/v1/projects/" + made.id())),
					AccessJson.of(made), made.version()));
	}

	private Asked asked(ServerRequest request, Version version, ObjectNode body) {
		return new Asked(AdminRequests.caller(request), AdminRequests.actor(request), version,
				this.requests.repetition(request, body));
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
		return this.requests.body(request)
			.flatMap(body -> this.changes.updateProject(asked(request, AdminRequests.requiredVersion(request), body),
					request.pathVariable("id"), body))
			.flatMap(ProjectsHandler::answer);
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
