package dev.heliostat.access;

import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;

/**
 * Makes one key of each kind at the first start of a store that has none, and shows them
 * once, on plain standard output: a log is kept and shipped, and keys do not belong
 * there.
 */
final class FirstStart {

	private final DeclaredKeys declared;

	private final Set<String> projects;

	private final KeyStore store;

	private final Keys keys;

	private final Projects allProjects;

	private final AuditLog audit;

	private final PublicUrl publicUrl;

	private final PrintStream out;

	/**
	 * Makes the first start.
	 * @param projects the projects that configuration names, which are made where they
	 * are missing
	 */
	FirstStart(DeclaredKeys declared, Set<String> projects, KeyStore store, Keys keys, Projects allProjects,
			AuditLog audit, PublicUrl publicUrl, PrintStream out) {
		this.declared = declared;
		this.projects = projects;
		this.store = store;
		this.keys = keys;
		this.allProjects = allProjects;
		this.audit = audit;
		this.publicUrl = publicUrl;
		this.out = out;
	}

	@EventListener(ApplicationReadyEvent.class)
	void makeKeys() {
		if (!this.projects.isEmpty()) {
			this.allProjects.declare(List.copyOf(this.projects)).block();
		}
		if (!this.declared.isEmpty()) {
			return;
		}
		Map<Caller.Kind, String> made = this.audit.change(Actor.START, (jdbc, entries) -> {
			Map<Caller.Kind, String> fresh = new EnumMap<>(Caller.Kind.class);
			Instant now = Instant.now();
			if (this.store.claimFirstStart(jdbc, now)) {
				for (Caller.Kind kind : Caller.Kind.values()) {
					Keys.Wanted wanted = new Keys.Wanted(kind, Project.DEFAULT,
							"first " + kind.name().toLowerCase(Locale.ROOT), Scope.ALL, Map.of(), Optional.empty());
					fresh.put(kind, this.keys.insert(jdbc, wanted, now, entries).secret().orElseThrow());
				}
			}
			return fresh;
		}).blockOptional().orElseThrow();
		if (!made.isEmpty()) {
			print(made);
		}
	}

	private void print(Map<Caller.Kind, String> keys) {
		this.out.println(
				"""

						Heliostat made these keys. They are shown this once; only their hashes are kept.

						  live   %s   (spends money)
						  test   %s   (never spends: every model is served by the sandbox)
						  admin  %s   (administers)

						Models and a playground in the browser, by one of these keys: %s/
						A picture, free of charge:

						  curl -X POST %s/openai/v1/images/generations \\
						    -H "Authorization: Bearer %s" \\
						    -H "Content-Type: application/json" \\
						    -d '{"model": "stable-diffusion-3.5-large-turbo", "prompt": "A serene mountain landscape at sunset", "size": "1024x1024"}'
						"""
					.formatted(keys.get(Caller.Kind.LIVE), keys.get(Caller.Kind.TEST), keys.get(Caller.Kind.ADMIN),
							this.publicUrl.value(), this.publicUrl.value(), keys.get(Caller.Kind.TEST)));
		this.out.flush();
	}

}
