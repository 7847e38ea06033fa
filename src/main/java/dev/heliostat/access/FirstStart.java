package dev.heliostat.access;

import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

import dev.heliostat.ledger.StoreReads;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Makes one key of each kind at the first start of a store that has none, and shows them
 * once, on plain standard output: a log is kept and shipped, and keys do not belong
 * there.
 */
final class FirstStart {

	private final BootstrapProperties bootstrap;

	private final StoreReads store;

	private final KeyStore keys;

	private final TransactionOperations transaction;

	private final PublicUrl publicUrl;

	private final PrintStream out;

	FirstStart(BootstrapProperties bootstrap, StoreReads store, KeyStore keys, TransactionOperations transaction,
			PublicUrl publicUrl, PrintStream out) {
		this.bootstrap = bootstrap;
		this.store = store;
		this.keys = keys;
		this.transaction = transaction;
		this.publicUrl = publicUrl;
		this.out = out;
	}

	@EventListener(ApplicationReadyEvent.class)
	void makeKeys() {
		if (!this.bootstrap.isEmpty()) {
			return;
		}
		Map<Caller.Kind, String> made = this.store.query(jdbc -> this.transaction.execute(status -> {
			Map<Caller.Kind, String> fresh = new EnumMap<>(Caller.Kind.class);
			if (this.keys.claimFirstStart(jdbc, Instant.now())) {
				for (Caller.Kind kind : Caller.Kind.values()) {
					String key = KeyFormat.generate(kind);
					this.keys.insert(jdbc, kind, "first " + kind.name().toLowerCase(Locale.ROOT), key);
					fresh.put(kind, key);
				}
			}
			return fresh;
		})).blockOptional().orElseThrow();
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
