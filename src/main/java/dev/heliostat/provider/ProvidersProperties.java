package dev.heliostat.provider;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.heliostat.catalog.Provider.Submissions;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator says of providers.
 *
 * @param providers settings by provider name
 */
@ConfigurationProperties(prefix = "heliostat", ignoreUnknownFields = true)
record ProvidersProperties(@DefaultValue Map<String, Settings> providers) {

	/**
	 * Settings of one provider.
	 *
	 * @param enabled whether it may be used
	 * @param baseUrl where its API is, instead of the address in the catalog
	 * @param apiKey its credential; short for {@code credentials[0]}
	 * @param credentials its credentials; they are used in turn
	 * @param options further settings of its protocol, such as a region
	 * @param atOnce the most submissions that one credential may have under way, jobs
	 * until their end
	 * @param perMinute the most submissions that one credential may begin in a minute
	 * @param imagesPerMinute the most pictures that one credential may begin in a minute
	 * @param megapixelsPerMinute the most megapixels that one credential may begin in a
	 * minute
	 */
	record Settings(@DefaultValue("true") boolean enabled, Optional<URI> baseUrl, Optional<String> apiKey,
			@DefaultValue List<String> credentials, @DefaultValue Map<String, String> options, Optional<Integer> atOnce,
			Optional<Integer> perMinute, Optional<Integer> imagesPerMinute, Optional<Integer> megapixelsPerMinute) {

		static final Settings NONE = new Settings(true, Optional.empty(), Optional.empty(), List.of(), Map.of(),
				Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

		/**
		 * What one credential may do: these settings, else what the provider's file says.
		 */
		Submissions submissions(Submissions usual) {
			return new Submissions(this.atOnce.or(usual::atOnce), this.perMinute.or(usual::perMinute),
					this.imagesPerMinute.or(usual::imagesPerMinute),
					this.megapixelsPerMinute.or(usual::megapixelsPerMinute));
		}

		/** Every credential that is set, {@code apiKey} first. */
		List<String> all() {
			return Stream.concat(this.apiKey.stream(), this.credentials.stream())
				.filter(key -> !key.isBlank())
				.distinct()
				.toList();
		}

		/** Shows no credential. */
		@Override
		public String toString() {
			return "Settings[enabled=" + this.enabled + ", baseUrl=" + this.baseUrl + "]";
		}

	}

	Settings of(String provider) {
		return this.providers.getOrDefault(provider, Settings.NONE);
	}

	/** Shows no credential. */
	@Override
	public String toString() {
		return "ProvidersProperties" + this.providers.keySet();
	}

}
