package dev.heliostat.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says at a failed start which configured key is too easy to guess, without showing it.
 */
class WeakKeyFailureAnalyzer extends AbstractFailureAnalyzer<WeakKeyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, WeakKeyException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Set a long random value, such as the output of: openssl rand -hex 24", cause);
	}

}
