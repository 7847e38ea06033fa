package dev.heliostat.catalog;

/**
 * One thing that is wrong with a catalog file.
 *
 * @param file the file, relative to the catalog
 * @param line the line, from 1
 * @param key where in the file, such as {@code offerings[0].pricing}
 * @param message what is wrong and what was expected
 */
public record CatalogProblem(String file, int line, String key, String message) {

	@Override
	public String toString() {
		return this.file + ":" + this.line + ": " + (this.key.isEmpty() ? "" : this.key + ": ") + this.message;
	}

}
