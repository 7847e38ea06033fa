package dev.heliostat.nodes;

import java.util.function.Consumer;

/**
 * Messages from node to node that may be lost: whoever listens would find out by itself,
 * only later.
 */
public interface Hints {

	/** Nobody to talk to: every node finds out by itself. */
	Hints NONE = new Hints() {

		@Override
		public void tell(Hint hint, String text) {
			// Nobody listens.
		}

		@Override
		public void listen(Hint hint, Consumer<String> listener) {
			// Nobody speaks.
		}

	};

	/** Tells all other nodes; never waits and never fails. */
	void tell(Hint hint, String text);

	/** Hears what other nodes tell, never what this one does. Must not wait. */
	void listen(Hint hint, Consumer<String> listener);

}
