package dev.heliostat.catalog;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The catalog's files cannot be used; holds everything that is wrong with them.
 */
class InvalidCatalogException extends RuntimeException {

	private final transient List<CatalogProblem> problems;

	InvalidCatalogException(List<CatalogProblem> problems) {
		super(problems.stream().map(CatalogProblem::toString).collect(Collectors.joining("\n")), null, false, false);
		this.problems = List.copyOf(problems);
	}

	List<CatalogProblem> problems() {
		return this.problems;
	}

}
