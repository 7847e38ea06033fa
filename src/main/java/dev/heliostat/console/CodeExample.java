package dev.heliostat.console;

/**
 * A program that uses a model, ready to be copied.
 *
 * @param mode what it does
 * @param language what it is written in
 * @param code the program
 */
record CodeExample(String mode, String language, String code) {

	/** The word for the language in Markdown. */
	public String fence() {
		return switch (this.language) {
			case "cURL" -> "bash";
			case "JavaScript" -> "javascript";
			case "Python" -> "python";
			default -> "java";
		};
	}

	/** A name for elements of a page. */
	public String id() {
		return (this.mode + "-" + this.language).toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
	}

}
