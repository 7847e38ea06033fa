package dev.heliostat.ledger;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says at a failed start that the data directory cannot be used.
 */
class UnusableDataDirectoryFailureAnalyzer extends AbstractFailureAnalyzer<UnusableDataDirectoryException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableDataDirectoryException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Give this process a directory of its own: set heliostat.data-dir, or mend the permissions.", cause);
	}

}
