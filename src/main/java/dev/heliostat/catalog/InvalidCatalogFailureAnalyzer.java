package dev.heliostat.catalog;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says at a failed start what is wrong with the catalog, and nothing else.
 */
class InvalidCatalogFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCatalogException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidCatalogException cause) {
		return new FailureAnalysis("The catalog is not valid:\n\n" + cause.getMessage(),
				"Mend the files named above; docs/catalog-format.md describes the format.", cause);
	}

}
