package dev.heliostat.generation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.heliostat.image.PartialImage;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * What the one client that began a generation is told before its end. It never waits for
 * that client: of each picture only the newest look is kept, and nothing once it has
 * gone.
 */
public final class Progress {

	private static final Progress UNWATCHED = closed();

	private final Map<Integer, PartialImage> looks = new LinkedHashMap<>();

	private final AtomicInteger draining = new AtomicInteger();

	private String state = "working";

	private boolean untold = true;

	private boolean ended;

	private boolean closed;

	private volatile @Nullable FluxSink<News> sink;

	private final boolean watched;

	/** For a client that looks on. */
	public Progress() {
		this(true);
	}

	private Progress(boolean watched) {
		this.watched = watched;
	}

	/** Whether its client looks on, or did so. */
	boolean isWatched() {
		return this.watched;
	}

	/** For generations that nobody looks on. */
	static Progress unwatched() {
		return UNWATCHED;
	}

	private static Progress closed() {
		Progress progress = new Progress(false);
		progress.close();
		return progress;
	}

	/** Something to tell. */
	public sealed interface News {

		/** How far it is, in words; also that it still goes on. */
		record State(String words) implements News {
		}

		/**
		 * An unfinished look. Whoever gets it releases its bytes.
		 *
		 * @param picture which picture of the generation, from 0
		 * @param image the look
		 */
		record Look(int picture, PartialImage image) implements News {
		}

	}

	/**
	 * What there is to tell, as fast as it is taken; completes at the generation's end.
	 * For one subscriber.
	 * @param pulse how often the state is told again
	 */
	public Flux<News> news(Duration pulse) {
		return Flux.<News>create(subscriber -> {
			Disposable again = Flux.interval(pulse).onBackpressureDrop().subscribe(tick -> tellAgain());
			this.sink = subscriber;
			subscriber.onDispose(() -> {
				again.dispose();
				close();
			});
			subscriber.onRequest(count -> drain());
		}, FluxSink.OverflowStrategy.IGNORE).doOnDiscard(News.Look.class, look -> look.image().content().release());
	}

	/** The generation has ended: looks that nobody took are of no use any more. */
	public void end() {
		if (!this.watched) {
			return;
		}
		synchronized (this) {
			this.ended = true;
			release();
		}
		drain();
	}

	void stands(String words) {
		if (!this.watched) {
			return;
		}
		synchronized (this) {
			this.untold = this.untold || !words.equals(this.state);
			this.state = words;
		}
		drain();
	}

	void look(int picture, PartialImage image) {
		synchronized (this) {
			if (this.closed || this.ended) {
				image.content().release();
				return;
			}
			PartialImage older = this.looks.put(picture, image);
			if (older != null) {
				older.content().release();
			}
		}
		drain();
	}

	private void tellAgain() {
		synchronized (this) {
			this.untold = true;
		}
		drain();
	}

	private void close() {
		synchronized (this) {
			this.closed = true;
			release();
		}
	}

	private void release() {
		this.looks.values().forEach(look -> look.content().release());
		this.looks.clear();
	}

	/** One thread at a time hands on what there is, in order. */
	private void drain() {
		FluxSink<News> subscriber = this.sink;
		if (subscriber == null || this.draining.getAndIncrement() != 0) {
			return;
		}
		int missed = 1;
		while (missed != 0) {
			News next = next(subscriber);
			while (next != null) {
				subscriber.next(next);
				next = next(subscriber);
			}
			if (isEnded()) {
				subscriber.complete();
			}
			missed = this.draining.addAndGet(-missed);
		}
	}

	private synchronized boolean isEnded() {
		return this.ended;
	}

	private synchronized @Nullable News next(FluxSink<News> subscriber) {
		if (this.ended || this.closed || subscriber.requestedFromDownstream() == 0) {
			return null;
		}
		if (this.untold) {
			this.untold = false;
			return new News.State(this.state);
		}
		var oldest = this.looks.entrySet().iterator();
		if (!oldest.hasNext()) {
			return null;
		}
		Map.Entry<Integer, PartialImage> look = oldest.next();
		oldest.remove();
		return new News.Look(look.getKey(), look.getValue());
	}

}
