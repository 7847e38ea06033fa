package dev.heliostat.access;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;

/**
 * Everything that remembers callers for a moment, to be told when somebody changes
 * something here. Other nodes are told where they can be, else they find out by
 * themselves, some seconds later.
 */
final class RememberedCallers {

	private final List<Runnable> memories = new CopyOnWriteArrayList<>();

	private final Hints hints;

	RememberedCallers(Hints hints) {
		this.hints = hints;
		hints.listen(Hint.CALLERS, text -> forgetHere());
	}

	void add(Runnable forget) {
		this.memories.add(forget);
	}

	void forget() {
		forgetHere();
		this.hints.tell(Hint.CALLERS, "");
	}

	private void forgetHere() {
		this.memories.forEach(Runnable::run);
	}

}
