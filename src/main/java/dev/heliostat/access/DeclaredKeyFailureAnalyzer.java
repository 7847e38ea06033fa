package dev.heliostat.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says at a failed start which key in the configuration cannot be understood.
 */
class DeclaredKeyFailureAnalyzer extends AbstractFailureAnalyzer<DeclaredKeyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DeclaredKeyException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Correct the setting; docs/access.md shows how keys are declared.", cause);
	}

}
