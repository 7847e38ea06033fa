package dev.heliostat.access;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Everything that remembers callers for a moment, to be told when somebody changes
 * something here. Other nodes find out by themselves, some seconds later.
 */
final class RememberedCallers {

	private final List<Runnable> memories = new CopyOnWriteArrayList<>();

	void add(Runnable forget) {
		this.memories.add(forget);
	}

	void forget() {
		this.memories.forEach(Runnable::run);
	}

}
