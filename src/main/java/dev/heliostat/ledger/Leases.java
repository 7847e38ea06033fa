package dev.heliostat.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Which nodes are alive. Each counts beats in its own row; one whose count stands still
 * for a while, by the clock of whoever looks, is dead, so that clocks need not agree. The
 * number of a lease is unguessable and never used twice: it fences off a node that was
 * taken for dead, because every write of a generation names its owner.
 */
public final class Leases {

	/** More are taken up at the next look. */
	private static final int MOST = 500;

	private final StoreReads store;

	private final long owner = new SecureRandom().nextLong(1, Long.MAX_VALUE);

	private final Optional<Path> onlyProcess;

	private final Map<Long, Seen> seen = new HashMap<>();

	private @Nullable FileChannel lock;

	private long beat;

	private long looked = System.nanoTime();

	private volatile int live = 1;

	/**
	 * Makes a lease.
	 * @param onlyProcess a file that is locked by the only process that may use the
	 * store; empty for a store that several share
	 */
	Leases(StoreReads store, Optional<Path> onlyProcess) {
		this.store = store;
		this.onlyProcess = onlyProcess;
	}

	private record Seen(long beat, long silentNanos) {
	}

	/** The number of this process's lease. */
	public long owner() {
		return this.owner;
	}

	/** How many nodes are alive, this one included, as far as it has seen. */
	public int live() {
		return this.live;
	}

	/** Shows that this process is alive. */
	public Mono<Void> beat() {
		return this.store
			.query(jdbc -> jdbc.sql("""
					insert into lease (owner, beat) values (:owner, :beat)
					on conflict (owner) do update set beat = excluded.beat""")
				.param("owner", this.owner)
				.param("beat", ++this.beat)
				.update())
			.then();
	}

	/** Gives the lease back, so that others need not wait for it to run out. */
	public Mono<Void> end() {
		return this.store
			.query(jdbc -> jdbc.sql("delete from lease where owner = :owner").param("owner", this.owner).update())
			.then(Mono.fromRunnable(this::unlock));
	}

	/**
	 * The generations that dead nodes left behind, now this node's own. Another node that
	 * looks at the same time gets none of them.
	 * @param silence how long a node must have been silent
	 */
	public Mono<List<GenerationRecord>> takeOver(Duration silence) {
		return this.store.query(jdbc -> {
			Set<Long> working = new HashSet<>(
					jdbc.sql("select distinct owner from generation where settled = 0").query(Long.class).list());
			Map<Long, Long> beats = new HashMap<>();
			jdbc.sql("select owner, beat from lease").query(row -> {
				beats.put(row.getLong("owner"), row.getLong("beat"));
			});
			List<GenerationRecord> taken = new ArrayList<>();
			for (long other : dead(working, beats, silence)) {
				List<GenerationRecord> left = jdbc.sql("select * from generation where settled = 0 and owner = :other")
					.param("other", other)
					.query((row, number) -> GenerationStatement.read(row))
					.list();
				for (GenerationRecord generation : left) {
					int mine = jdbc.sql("""
							update generation set owner = :owner where id = :id and owner = :other and settled = 0""")
						.param("owner", this.owner)
						.param("id", generation.id())
						.param("other", other)
						.update();
					if (mine == 1) {
						taken.add(jdbc.sql("select * from generation where id = :id")
							.param("id", generation.id())
							.query((row, number) -> GenerationStatement.read(row))
							.single());
					}
				}
				jdbc.sql("delete from lease where owner = :other").param("other", other).update();
			}
			return taken;
		});
	}

	/** The ids of this node's generations that are not settled. */
	public Mono<List<String>> own() {
		return this.store.query(jdbc -> jdbc.sql("select id from generation where settled = 0 and owner = :owner")
			.param("owner", this.owner)
			.query(String.class)
			.list());
	}

	/** Those of this node's generations that are still not settled. */
	public Mono<List<GenerationRecord>> own(Collection<String> ids) {
		return this.store
			.query(jdbc -> jdbc.sql("select * from generation where settled = 0 and owner = :owner and id in (:ids)")
				.param("owner", this.owner)
				.param("ids", ids.stream().limit(MOST).toList())
				.query((row, number) -> GenerationStatement.read(row))
				.list());
	}

	/**
	 * Silence counts only as far as this node looked: after an outage of the store, in
	 * which nobody could show that he is alive, everybody has his time again.
	 */
	private synchronized Set<Long> dead(Set<Long> working, Map<Long, Long> beats, Duration silence) {
		long now = System.nanoTime();
		long listened = Math.min(now - this.looked, silence.toNanos() / 2);
		this.looked = now;
		boolean alone = isOnlyProcess();
		Set<Long> others = new HashSet<>(working);
		others.addAll(beats.keySet());
		others.remove(this.owner);
		this.seen.keySet().retainAll(others);
		Set<Long> dead = new HashSet<>();
		for (long other : others) {
			long beat = beats.getOrDefault(other, -1L);
			Seen before = this.seen.get(other);
			Seen after = (before == null || before.beat != beat) ? new Seen(beat, 0)
					: new Seen(beat, before.silentNanos + listened);
			this.seen.put(other, after);
			if (alone || after.silentNanos > silence.toNanos()) {
				dead.add(other);
			}
		}
		this.live = 1
				+ (int) others.stream().filter(other -> beats.containsKey(other) && !dead.contains(other)).count();
		return dead;
	}

	/** Whether no other process can be using the store. */
	private boolean isOnlyProcess() {
		if (this.lock != null || this.onlyProcess.isEmpty()) {
			return this.lock != null;
		}
		try {
			FileChannel channel = FileChannel.open(this.onlyProcess.get(), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE);
			if (channel.tryLock() != null) {
				this.lock = channel;
				return true;
			}
			channel.close();
			return false;
		}
		catch (OverlappingFileLockException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private synchronized void unlock() {
		if (this.lock != null) {
			try {
				this.lock.close();
				this.lock = null;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

}
