package dev.heliostat.access;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import reactor.core.publisher.Mono;

/**
 * Projects by id, remembered for a few seconds: for callers who are not looked up in the
 * store themselves.
 */
final class KnownProjects {

	private static final Duration REMEMBERED = Duration.ofSeconds(4);

	private final Projects projects;

	private final Cache<String, Optional<Project>> remembered;

	private final ConcurrentHashMap<String, Optional<Project>> last = new ConcurrentHashMap<>();

	KnownProjects(Projects projects, Ticker ticker) {
		this.projects = projects;
		this.remembered = Caffeine.newBuilder().maximumSize(1000).expireAfterWrite(REMEMBERED).ticker(ticker).build();
	}

	Mono<Optional<Project>> find(String id) {
		Optional<Project> known = this.remembered.getIfPresent(id);
		return (known != null) ? Mono.just(known)
				: this.projects.find(id).doOnNext(found -> this.remembered.put(id, found));
	}

	/**
	 * The project of a configured caller, which needs no store: while that does not
	 * answer, what was known last counts.
	 */
	Mono<Optional<Project>> configured(String id) {
		Optional<Project> known = this.remembered.getIfPresent(id);
		return (known != null) ? Mono.just(known) : find(id).doOnNext(found -> this.last.put(id, found))
			.onErrorResume(error -> Mono.just(this.last.getOrDefault(id, Optional.empty())));
	}

	/** A caller within the limits of its project; fails where that is archived. */
	static Caller within(Caller caller, Project project) {
		if (project.archivedAt().isPresent()) {
			throw StoredCallers.archived(project.id());
		}
		return project.scope().equals(Scope.ALL) ? caller : caller.within(List.of(project.scope()));
	}

	/** Forgets what was looked up, because somebody changed something. */
	void forget() {
		// One by one: all at once would wait for a lock.
		this.remembered.asMap().keySet().forEach(this.remembered::invalidate);
	}

}
