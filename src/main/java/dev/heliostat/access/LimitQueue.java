package dev.heliostat.access;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.heliostat.access.LimitCounters.Blocked;
import dev.heliostat.access.LimitCounters.Try;
import dev.heliostat.image.GatewayError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Requests that wait for a limit to let them pass, for a bounded time. Callers take
 * turns, so that one who sends many holds up nobody else; requests of one caller keep
 * their order. One look at all of them runs at a time, however long its answers take.
 */
final class LimitQueue {

	private static final Logger logger = LoggerFactory.getLogger(LimitQueue.class);

	private final long waitNanos;

	private final long paceMillis;

	private final Map<String, Deque<Waiter>> byCaller = new LinkedHashMap<>();

	private boolean scheduled;

	private boolean looking;

	private boolean again;

	/**
	 * Makes a queue.
	 * @param wait how long a request may wait; 0 for not at all
	 * @param pace how often it is looked again whether somebody may pass
	 */
	LimitQueue(Duration wait, Duration pace) {
		this.waitNanos = wait.toNanos();
		this.paceMillis = pace.toMillis();
	}

	private record Waiter(Supplier<Mono<Try>> wish, CompletableFuture<Permit> end, long deadline) {
	}

	/** Tries at once, or waits behind the caller's earlier requests. */
	Mono<Permit> take(String caller, Supplier<Mono<Try>> wish) {
		if (this.waitNanos == 0) {
			return wish.get().map(first -> first.permit().orElseThrow(() -> error(first.blocked().orElseThrow())));
		}
		synchronized (this) {
			if (this.byCaller.containsKey(caller)) {
				return waiting(caller, wish);
			}
		}
		return wish.get().flatMap(first -> first.permit().map(Mono::just).orElseGet(() -> waiting(caller, wish)));
	}

	private synchronized Mono<Permit> waiting(String caller, Supplier<Mono<Try>> wish) {
		CompletableFuture<Permit> end = new CompletableFuture<>();
		this.byCaller.computeIfAbsent(caller, absent -> new ArrayDeque<>())
			.add(new Waiter(wish, end, System.nanoTime() + this.waitNanos));
		schedule();
		return Mono.fromFuture(end).publishOn(Schedulers.parallel());
	}

	synchronized boolean hasWaiting(String caller) {
		return this.byCaller.containsKey(caller);
	}

	synchronized boolean isLooking() {
		return this.looking;
	}

	private static RuntimeException error(Blocked blocked) {
		long seconds = Math.max(1, (blocked.after().toMillis() + 999) / 1000);
		return new GatewayError.RateLimited(blocked.message() + " Try again in " + seconds + " s.", blocked.after())
			.asException();
	}

	private void schedule() {
		if (!this.scheduled && !this.byCaller.isEmpty()) {
			this.scheduled = true;
			Schedulers.parallel().schedule(() -> {
				synchronized (this) {
					this.scheduled = false;
				}
				look();
			}, this.paceMillis, TimeUnit.MILLISECONDS);
		}
	}

	/** Lets pass who can: one of each caller in turn, until nobody can any more. */
	void look() {
		synchronized (this) {
			if (this.looking) {
				this.again = true;
				return;
			}
			if (this.byCaller.isEmpty()) {
				return;
			}
			this.looking = true;
		}
		goOn();
	}

	private void goOn() {
		Mono.defer(this::round).repeat().takeUntil(passed -> !passed).then().subscribe(null, failure -> {
			logger.error("Requests that wait for a limit could not be looked at", failure);
			looked();
		}, this::looked);
	}

	private void looked() {
		synchronized (this) {
			this.looking = this.again && !this.byCaller.isEmpty();
			this.again = false;
			if (!this.looking) {
				schedule();
				return;
			}
		}
		goOn();
	}

	/** Asks for the first request of each caller; tells whether one of them passed. */
	private Mono<Boolean> round() {
		List<String> callers;
		synchronized (this) {
			callers = List.copyOf(this.byCaller.keySet());
		}
		return Flux.fromIterable(callers).concatMap(this::letPass).reduce(false, (one, other) -> one || other);
	}

	private Mono<Boolean> letPass(String caller) {
		Waiter first = first(caller);
		return (first == null) ? Mono.just(false) : first.wish().get().map(now -> {
			if (now.permit().isPresent()) {
				pass(caller, first, now.permit().get());
				return true;
			}
			refuse(caller, now.blocked().orElseThrow());
			return false;
		});
	}

	/** The first request of a caller whose client has not gone. */
	private synchronized @Nullable Waiter first(String caller) {
		Deque<Waiter> waiters = this.byCaller.get(caller);
		while (waiters != null && !waiters.isEmpty() && waiters.element().end().isDone()) {
			waiters.remove();
		}
		if (waiters == null || waiters.isEmpty()) {
			this.byCaller.remove(caller);
			return null;
		}
		return waiters.element();
	}

	private void pass(String caller, Waiter first, Permit permit) {
		synchronized (this) {
			Deque<Waiter> waiters = this.byCaller.remove(caller);
			if (waiters != null) {
				waiters.remove(first);
				if (!waiters.isEmpty()) {
					// Behind all others.
					this.byCaller.put(caller, waiters);
				}
			}
		}
		if (!first.end().complete(permit)) {
			permit.joined();
		}
	}

	/** Tells those whose time is over; they are the first of their caller. */
	private void refuse(String caller, Blocked blocked) {
		List<Waiter> over = new ArrayList<>();
		synchronized (this) {
			Deque<Waiter> waiters = this.byCaller.get(caller);
			while (waiters != null && !waiters.isEmpty() && System.nanoTime() >= waiters.element().deadline()) {
				over.add(waiters.remove());
			}
			if (waiters != null && waiters.isEmpty()) {
				this.byCaller.remove(caller);
			}
		}
		over.forEach(waiter -> waiter.end().completeExceptionally(error(blocked)));
	}

}
