package dev.heliostat.access;

/**
 * The right to run a generation, which counts against limits until it has ended.
 */
public interface Permit {

	/** What nobody limits. */
	Permit FREE = new Permit() {

		@Override
		public void joined() {
			// Nothing was counted.
		}

		@Override
		public void ended() {
			// Nothing was counted.
		}

	};

	/**
	 * The request makes no pictures of its own: it turned out to repeat another one, or
	 * was refused before anything was submitted.
	 */
	void joined();

	/** The generation has ended, or did not begin; harmless when it is said twice. */
	void ended();

}
