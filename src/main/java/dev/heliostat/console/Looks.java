package dev.heliostat.console;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.generation.Begun;
import dev.heliostat.generation.Generation;
import dev.heliostat.generation.Progress;
import dev.heliostat.generation.Progress.News;
import dev.heliostat.image.PartialImage;

/**
 * Unfinished looks at the pictures that this node makes for open pages: of each picture
 * the newest, until the generation ends.
 */
final class Looks {

	private static final Duration PULSE = Duration.ofSeconds(30);

	private final ConcurrentHashMap<String, Watched> watched = new ConcurrentHashMap<>();

	/** The looks at the pictures of one generation. */
	private static final class Watched {

		private final Map<Integer, PartialImage> looks = new TreeMap<>();

		private boolean ended;

		synchronized void add(int picture, PartialImage image) {
			PartialImage older = this.ended ? image : this.looks.put(picture, image);
			if (older != null) {
				older.content().release();
			}
		}

		synchronized void end() {
			this.ended = true;
			this.looks.values().forEach(look -> look.content().release());
			this.looks.clear();
		}

		synchronized Map<Integer, PartialImage> now() {
			return Map.copyOf(this.looks);
		}

	}

	/** Watches a generation to its end. */
	void watch(Begun begun, Progress progress) {
		String id = begun.record().id();
		Watched looks = new Watched();
		this.watched.put(id, looks);
		progress.news(PULSE).subscribe(news -> {
			switch (news) {
				case News.Look look -> looks.add(look.picture(), look.image());
				case News.State _ -> {
					// The record says it, too.
				}
			}
		}, failure -> looks.end());
		begun.end().doFinally(end -> {
			progress.end();
			this.watched.remove(id);
			looks.end();
		}).subscribe(Generation::release, failure -> {
			// Whoever looks the generation up is told.
		});
	}

	/** The looks that there are, by picture. */
	Map<Integer, PartialImage> of(String id) {
		Watched looks = this.watched.get(id);
		return (looks != null) ? looks.now() : Map.of();
	}

	Optional<PartialImage> look(String id, int picture) {
		return Optional.ofNullable(of(id).get(picture));
	}

}
