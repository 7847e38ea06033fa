package dev.heliostat.media;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.heliostat.image.GatewayError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The few threads that decode and encode, and the part of the heap that all of them
 * together may fill with pixels.
 */
final class TranscodingPool implements AutoCloseable {

	private static final int UNIT = 1024;

	private final ThreadPoolExecutor threads;

	private final Scheduler scheduler;

	private final int queue;

	private final int memory;

	private final Semaphore free;

	/**
	 * Makes a pool.
	 * @param threads how many pictures are worked on at once
	 * @param queue how many may wait before new requests are turned away
	 * @param memory how many bytes of pixels there may be at once
	 */
	TranscodingPool(int threads, int queue, long memory) {
		AtomicInteger number = new AtomicInteger();
		this.threads = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				task -> {
					Thread thread = new Thread(task, "heliostat-transcode-" + number.incrementAndGet());
					thread.setDaemon(true);
					return thread;
				});
		this.threads.allowCoreThreadTimeOut(true);
		this.scheduler = Schedulers.fromExecutorService(this.threads, "heliostat-transcode");
		this.queue = queue;
		this.memory = (int) Math.min(Integer.MAX_VALUE, memory / UNIT);
		this.free = new Semaphore(this.memory, true);
	}

	/** The most bytes that one picture can have. */
	long memory() {
		return (long) this.memory * UNIT;
	}

	/**
	 * Turns away who has spent nothing yet while too many wait. Pictures that were paid
	 * for always wait.
	 */
	void admit() {
		if (this.threads.getQueue().size() >= this.queue) {
			throw new GatewayError.Overloaded(
					"Too many pictures wait to be converted. Try again shortly, or ask for the "
							+ "provider's own format and size; the operator may raise heliostat.media.transcoding.threads or queue.",
					Duration.ofSeconds(2))
				.asException();
		}
	}

	/** Works on one picture when there is a thread, and memory for its pixels. */
	<T> Mono<T> run(long bytes, Callable<T> work) {
		int units = (int) Math.clamp(bytes / UNIT + 1, 1, this.memory);
		return Mono.fromCallable(() -> {
			this.free.acquire(units);
			try {
				return work.call();
			}
			finally {
				this.free.release(units);
			}
		}).subscribeOn(this.scheduler);
	}

	@Override
	public void close() {
		this.scheduler.dispose();
		this.threads.shutdownNow();
	}

}
