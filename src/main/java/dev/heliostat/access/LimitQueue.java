package dev.heliostat.access;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.heliostat.access.Limits.Blocked;
import dev.heliostat.access.Limits.Try;
import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Requests that wait for a limit to let them pass, for a bounded time. Callers take
 * turns, so that one who sends many holds up nobody else; requests of one caller keep
 * their order.
 */
final class LimitQueue {

	private static final long LOOK_MILLIS = 20;

	private final long waitNanos;

	private final Map<String, Deque<Waiter>> byCaller = new LinkedHashMap<>();

	private boolean scheduled;

	LimitQueue(Duration wait) {
		this.waitNanos = wait.toNanos();
	}

	private record Waiter(Supplier<Try> wish, CompletableFuture<Permit> end, long deadline) {
	}

	/** Tries at once, or waits behind the caller's earlier requests. */
	Mono<Permit> take(String caller, Supplier<Try> wish) {
		CompletableFuture<Permit> end;
		synchronized (this) {
			if (!this.byCaller.containsKey(caller)) {
				Try first = wish.get();
				if (first.permit().isPresent()) {
					return Mono.just(first.permit().get());
				}
				if (this.waitNanos == 0) {
					return Mono.error(error(first.blocked().orElseThrow()));
				}
			}
			end = new CompletableFuture<>();
			this.byCaller.computeIfAbsent(caller, absent -> new ArrayDeque<>())
				.add(new Waiter(wish, end, System.nanoTime() + this.waitNanos));
			schedule();
		}
		return Mono.fromFuture(end).publishOn(Schedulers.parallel());
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
			}, LOOK_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	/** Lets pass who can: one of each caller in turn, until nobody can any more. */
	void look() {
		List<Runnable> ends = new ArrayList<>();
		synchronized (this) {
			boolean passed = true;
			while (passed && !this.byCaller.isEmpty()) {
				passed = false;
				for (String caller : List.copyOf(this.byCaller.keySet())) {
					passed |= letPass(caller, ends);
				}
			}
			schedule();
		}
		ends.forEach(Runnable::run);
	}

	private boolean letPass(String caller, List<Runnable> ends) {
		Deque<Waiter> waiters = this.byCaller.get(caller);
		if (waiters == null) {
			return false;
		}
		boolean passed = false;
		while (!waiters.isEmpty()) {
			Waiter first = waiters.element();
			Try now = first.end().isDone() ? new Try(Optional.empty(), Optional.empty()) : first.wish().get();
			if (now.permit().isPresent()) {
				Permit permit = now.permit().get();
				ends.add(() -> {
					if (!first.end().complete(permit)) {
						permit.joined();
					}
				});
				passed = true;
			}
			else if (now.blocked().isPresent() && System.nanoTime() < first.deadline()) {
				break;
			}
			else {
				now.blocked().ifPresent(blocked -> ends.add(() -> first.end().completeExceptionally(error(blocked))));
			}
			waiters.remove();
			if (passed) {
				break;
			}
		}
		if (passed || waiters.isEmpty()) {
			this.byCaller.remove(caller);
			if (!waiters.isEmpty()) {
				// Behind all others.
				this.byCaller.put(caller, waiters);
			}
		}
		return passed;
	}

}
