package dev.heliostat.ledger;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.heliostat.image.Billed;
import dev.heliostat.ledger.GenerationRecord.AttemptRecord;
import dev.heliostat.ledger.Reconciliation.Correction;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.simple.JdbcClient;
import reactor.core.publisher.Mono;

/**
 * Settles what may have been billed once it is known. A closed hour stays as it is: the
 * correction is booked in the hour in which it is made.
 */
final class Corrections {

	private final StoreReads store;

	Corrections(StoreReads store) {
		this.store = store;
	}

	/**
	 * Corrects some submissions of a generation that has ended; tells whether it was
	 * done, which it is once.
	 */
	Mono<Boolean> correct(GenerationRecord generation, Map<Integer, Correction> corrections) {
		return this.store.transaction(template -> {
			List<AttemptRecord> attempts = new ArrayList<>(generation.attempts());
			Map<RollUps.Key, UsageFigures> sums = new TreeMap<>();
			long hour = System.currentTimeMillis() / RollUps.HOUR * RollUps.HOUR;
			List<String> tags = new ArrayList<>(generation.client().tags());
			tags.add("");
			long settled = 0;
			long maybe = 0;
			for (Map.Entry<Integer, Correction> entry : corrections.entrySet()) {
				AttemptRecord before = attempts.get(entry.getKey());
				AttemptRecord after = before.resolved(entry.getValue().billed(), entry.getValue().charge());
				attempts.set(entry.getKey(), after);
				long charged = (after.billed().orElseThrow() == Billed.YES) ? after.charge().micros() : 0;
				settled += charged;
				maybe += before.charge().micros();
				UsageFigures change = new UsageFigures(0, 0, 0, 0, 0, 0, 0, charged, -before.charge().micros());
				tags.forEach(tag -> sums.merge(RollUps.key(tag, generation, before.provider(), hour), change,
						UsageFigures::plus));
			}
			int done = JdbcClient.create(template)
				.sql("""
						update generation set attempts = :attempts, charged_micros = charged_micros + :settled,
						  maybe_micros = maybe_micros - :maybe
						where id = :id and settled = 1 and charged_micros = :charged and maybe_micros = :possible""")
				.param("attempts", GenerationStatement.json(attempts))
				.param("settled", settled)
				.param("maybe", maybe)
				.param("id", generation.id())
				.param("charged", generation.charged().micros())
				.param("possible", generation.maybeCharged().micros())
				.update();
			if (done == 1) {
				template.execute((ConnectionCallback<Boolean>) connection -> add(connection, sums));
			}
			return done == 1;
		});
	}

	private static boolean add(Connection connection, Map<RollUps.Key, UsageFigures> sums)
			throws java.sql.SQLException {
		RollUps.add(connection, sums);
		return true;
	}

}
