package dev.heliostat.nodes;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints by way of one channel of Redis: {@code <node> <hint> <text>}.
 */
final class RedisHints implements Hints {

	private static final Logger logger = LoggerFactory.getLogger(RedisHints.class);

	private final String node = Long.toHexString(ThreadLocalRandom.current().nextLong());

	private final Map<Hint, List<Consumer<String>>> listeners = new ConcurrentHashMap<>();

	private final Redis redis;

	RedisHints(Redis redis) {
		this.redis = redis;
		redis.onMessage(this::hear);
	}

	@Override
	public void tell(Hint hint, String text) {
		this.redis.publish(this.node + ' ' + hint.name() + ' ' + text);
	}

	@Override
	public void listen(Hint hint, Consumer<String> listener) {
		this.listeners.computeIfAbsent(hint, absent -> new CopyOnWriteArrayList<>()).add(listener);
	}

	/** A node of another version may tell what this one does not know. */
	private void hear(String message) {
		String[] parts = message.split(" ", 3);
		if (parts.length < 3 || parts[0].equals(this.node)) {
			return;
		}
		this.listeners.forEach((hint, heard) -> {
			if (hint.name().equals(parts[1])) {
				heard.forEach(listener -> tell(listener, parts[2]));
			}
		});
	}

	private static void tell(Consumer<String> listener, String text) {
		try {
			listener.accept(text);
		}
		catch (RuntimeException ex) {
			logger.warn("A hint of another node could not be followed", ex);
		}
	}

}
