package dev.heliostat.access;

import java.util.List;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a key, or every key of a project, may use.
 *
 * @param models slugs of models
 * @param providers names of providers
 */
public record Scope(@DefaultValue Names models, @DefaultValue Names providers) {

	/**
	 * Names that may be used, and names that may not; {@code flux*} stands for all that
	 * begin so.
	 *
	 * @param allow the only ones that may be used; empty for all
	 * @param deny those that may not, whatever else is allowed
	 */
	public record Names(@DefaultValue List<String> allow, @DefaultValue List<String> deny) {

		boolean permit(String name) {
			return (this.allow.isEmpty() || matches(this.allow, name)) && !matches(this.deny, name);
		}

		private static boolean matches(List<String> patterns, String name) {
			for (String pattern : patterns) {
				boolean prefix = pattern.endsWith("*");
				if (prefix ? name.startsWith(pattern.substring(0, pattern.length() - 1)) : name.equals(pattern)) {
					return true;
				}
			}
			return false;
		}

	}

}
