package dev.heliostat.access;

import java.net.InetAddress;
import java.util.List;

import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a key, or every key of a project, may use.
 *
 * @param models slugs of models
 * @param providers names of providers
 * @param endpoints parts of the API, as their paths name them:
 * {@code images/generations}, {@code models}, {@code admin/keys}
 * @param sources networks in CIDR form that requests may come from
 */
public record Scope(@DefaultValue Names models, @DefaultValue Names providers, @DefaultValue Names endpoints,
		@DefaultValue Networks sources) {

	/** Permits everything. */
	public static final Scope ALL = new Scope(Names.ALL, Names.ALL, Names.ALL, Networks.ALL);

	@ConstructorBinding
	public Scope {
	}

	/**
	 * Names that may be used, and names that may not; {@code flux*} stands for all that
	 * begin so.
	 *
	 * @param allow the only ones that may be used; empty for all
	 * @param deny those that may not, whatever else is allowed
	 */
	public record Names(@DefaultValue List<String> allow, @DefaultValue List<String> deny) {

		/** Every name. */
		public static final Names ALL = new Names(List.of(), List.of());

		public Names {
			allow = List.copyOf(allow);
			deny = List.copyOf(deny);
		}

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

	/**
	 * Networks that requests may come from, and networks that they may not.
	 *
	 * @param allow the only ones that are permitted; empty for all
	 * @param deny those that are not, whatever else is allowed
	 */
	public record Networks(@DefaultValue List<Network> allow, @DefaultValue List<Network> deny) {

		/** Every network. */
		public static final Networks ALL = new Networks(List.of(), List.of());

		public Networks {
			allow = List.copyOf(allow);
			deny = List.copyOf(deny);
		}

		boolean permit(InetAddress address) {
			return (this.allow.isEmpty() || this.allow.stream().anyMatch(network -> network.contains(address)))
					&& this.deny.stream().noneMatch(network -> network.contains(address));
		}

	}

}
