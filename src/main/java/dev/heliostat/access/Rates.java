package dev.heliostat.access;

import java.util.Optional;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How fast a key or a project may ask for pictures.
 *
 * @param requests requests for pictures
 * @param images pictures
 * @param megapixels millions of pixels
 * @param atOnce generations under way at the same time
 */
public record Rates(@NestedConfigurationProperty @DefaultValue @Valid Pace requests,
		@NestedConfigurationProperty @DefaultValue @Valid Pace images,
		@NestedConfigurationProperty @DefaultValue @Valid Pace megapixels, Optional<@Min(1) Integer> atOnce) {

	/** No limit at all. */
	public static final Rates ANY = new Rates(Pace.ANY, Pace.ANY, Pace.ANY, Optional.empty());

	/**
	 * How many in a time that slides on.
	 *
	 * @param perSecond in each second
	 * @param perMinute in each minute
	 * @param perHour in each hour
	 */
	public record Pace(Optional<@Min(1) Long> perSecond, Optional<@Min(1) Long> perMinute,
			Optional<@Min(1) Long> perHour) {

		public static final Pace ANY = new Pace(Optional.empty(), Optional.empty(), Optional.empty());

	}

}
