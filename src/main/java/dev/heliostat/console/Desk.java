package dev.heliostat.console;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

import java.security.SecureRandom;

import dev.heliostat.access.Actor;
import dev.heliostat.access.Caller;
import dev.heliostat.access.Repetition;
import dev.heliostat.access.Version;
import dev.heliostat.admin.Asked;
import dev.heliostat.api.AdminRequests;
import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GatewayException;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all pages of the operator's desk share: who asks, how forms are taken, and how
 * they come back when something is wrong with them.
 */
final class Desk {

	static final int PAGE = 25;

	private static final String VERSION = "_version";

	private static final String ONCE = "_once";

	private static final String BEFORE = "_was.";

	private static final String REFUSAL = "heliostat.desk.refusal";

	private static final SecureRandom RANDOM = new SecureRandom();

	private final AdminRequests requests;

	private final Pages pages;

	Desk(AdminRequests requests, Pages pages) {
		this.requests = requests;
		this.pages = pages;
	}

	Pages pages() {
		return this.pages;
	}

	/** Which version of a thing a form is about. */
	static Version version(MultiValueMap<String, String> fields) {
		String version = Forms.first(fields, VERSION);
		return version.matches("[0-9]{1,18}") ? new Version(OptionalLong.of(Long.parseLong(version))) : Version.ANY;
	}

	/** Who asks for a change, as a form says it. */
	Asked asked(ServerRequest request, MultiValueMap<String, String> fields, ObjectNode body) {
		Caller caller = caller(request);
		String once = Forms.first(fields, ONCE);
		Optional<Repetition> repetition = once.matches("[0-9a-f]{32}")
				? Optional.of(this.requests.repetition(once, request.path(), body)) : Optional.empty();
		return new Asked(caller, actor(request), version(fields), repetition);
	}

	static Caller caller(ServerRequest request) {
		return Visitor.of(request).caller().orElseThrow();
	}

	static Actor actor(ServerRequest request) {
		return new Actor(caller(request).keyId(), PlaygroundRuns.requestId(request));
	}

	/** A mark by which a form that is sent twice is known. */
	static String once() {
		byte[] bytes = new byte[16];
		RANDOM.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	Mono<ServerResponse> page(ServerRequest request, String template, Map<String, ?> model) {
		return page(request, status(request), template, model);
	}

	Mono<ServerResponse> page(ServerRequest request, int status, String template, Map<String, ?> model) {
		return this.pages.page(request, status, template, completed(request, model));
	}

	Mono<ServerResponse> part(ServerRequest request, String template, String fragment, Map<String, ?> model) {
		return this.pages.part(request, 200, template, fragment, completed(request, model));
	}

	private static Map<String, Object> completed(ServerRequest request, Map<String, ?> model) {
		Map<String, Object> all = new HashMap<>(model);
		all.put("words", Words.INSTANCE);
		all.put("desk", Links.INSTANCE);
		all.put("done", request.queryParam("done").map(Desk::done).orElse(""));
		all.put("refused", refusal(request).map(Desk::words).orElse(""));
		all.put("section", section(request.path()));
		return all;
	}

	private static String section(String path) {
		String[] parts = path.split("/");
		return (parts.length > 2) ? parts[2] : "overview";
	}

	/** Only what is known here is said: anybody can write a link. */
	private static String done(String word) {
		return switch (word) {
			case "saved" -> "Saved.";
			case "created" -> "Created.";
			case "revoked" -> "Revoked: it opens nothing any more, on any node, within five seconds.";
			case "expiring" -> "Its end is set.";
			case "archived" -> "Archived: all of its keys are refused from now on.";
			case "restored" -> "Restored: its keys are good again.";
			case "deleted" -> "Deleted.";
			case "on" -> "Switched on, on every node within five seconds.";
			case "off" -> "Switched off: no new submission goes there, from any node, within five seconds.";
			case "media" -> "The pictures are gone: no URL and no repetition gives them again.";
			case "redelivered" -> "It is sent once more now. Look again in a moment.";
			case "retention" -> "Begun. What is older than its retention is being deleted.";
			default -> "";
		};
	}

	Mono<ServerResponse> form(ServerRequest request, int status, DeskForm form) {
		return page(request, status, "desk-form", Map.of("form", form));
	}

	/**
	 * Takes a form. What is wrong with it brings it back with every entry; what somebody
	 * else changed meanwhile is shown beside it.
	 * @param blank the form as it stands now, with what is in force
	 * @param change what to do with what was entered
	 */
	Mono<ServerResponse> submit(ServerRequest request, Mono<Filled> blank,
			Function<MultiValueMap<String, String>, Mono<ServerResponse>> change) {
		return Forms.read(request)
			.flatMap(fields -> Mono.defer(() -> change.apply(fields))
				.onErrorResume(GatewayException.class, failure -> isTheirs(failure.error())
						? blank.flatMap(now -> again(request, fields, now, failure.error())) : Mono.error(failure)));
	}

	/**
	 * Does something to what a page shows. Where somebody else changed that since, or
	 * something is wrong with what was entered, nothing is done, and the page comes again
	 * and says so, with everything as it is now.
	 * @param page shows the thing
	 * @param action what to do to it
	 */
	Mono<ServerResponse> act(ServerRequest request, HandlerFunction<ServerResponse> page,
			Function<MultiValueMap<String, String>, Mono<ServerResponse>> action) {
		return Forms.read(request)
			.flatMap(fields -> Mono.defer(() -> action.apply(fields)).onErrorResume(GatewayException.class, failure -> {
				if (!isTheirs(failure.error())) {
					return Mono.error(failure);
				}
				request.attributes().put(REFUSAL, failure.error());
				return page.handle(request);
			}));
	}

	/** That of a page that shows a thing, or says why nothing was done to it. */
	static int status(ServerRequest request) {
		return refusal(request).map(GatewayError::status).orElse(200);
	}

	private static Optional<GatewayError> refusal(ServerRequest request) {
		return request.attribute(REFUSAL).map(GatewayError.class::cast);
	}

	private static String words(GatewayError error) {
		return (error instanceof GatewayError.PreconditionFailed)
				? "Somebody else changed it since this page was shown, so nothing was done. This is how it is now. "
						+ "If you still want to, do it again."
				: "Nothing was done. " + error.message();
	}

	/** A form and what is in force of its entries. */
	record Filled(DeskForm form, Map<String, String> values) {
	}

	private Mono<ServerResponse> again(ServerRequest request, MultiValueMap<String, String> fields, Filled now,
			GatewayError error) {
		Map<String, String> yours = now.form().entered(fields, "");
		DeskForm form = now.form().filled(yours, now.values());
		if (error instanceof GatewayError.PreconditionFailed) {
			return form(request, error.status(), form.with(
					"Somebody else changed it while you did. What you entered is still here, and nothing of it is saved. "
							+ "Look at what changed, and save again: then your entries stand.")
				.conflicting(now.form().entered(fields, BEFORE), now.values(), yours));
		}
		Map<String, String> before = now.form().entered(fields, BEFORE);
		return form(request, error.status(),
				now.form()
					.filled(yours, before.isEmpty() ? now.values() : before)
					.at(Forms.first(fields, VERSION))
					.refused(error));
	}

	/** Whether whoever entered something can put it right. */
	static boolean isTheirs(GatewayError error) {
		return switch (error.status()) {
			case 400, 409, 412, 413, 422 -> true;
			default -> false;
		};
	}

	static Mono<ServerResponse> see(String path) {
		return ServerResponse.status(HttpStatus.SEE_OTHER)
			.header("location", path)
			.header("cache-control", "no-store")
			.build();
	}

	/** Where templates find addresses. */
	static final class Links {

		static final Links INSTANCE = new Links();

		private Links() {
		}

		public String to(String action) {
			return DeskAction.valueOf(action).path();
		}

		public String to(String action, String id) {
			return DeskAction.valueOf(action).path(id);
		}

	}

}
