package dev.heliostat.media;

import java.util.List;
import java.util.Optional;

import dev.heliostat.image.GatewayError;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.Output;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Brings finished pictures into the format and size that were asked for. A picture that
 * is right already is never decoded, and one that cannot be converted is kept as it is:
 * it has been paid for.
 */
public final class Transcoder {

	private static final Logger logger = LoggerFactory.getLogger(Transcoder.class);

	/**
	 * Pixels as a decoder has them, as they are worked on, and as an encoder wants them.
	 */
	private static final int BYTES_FOR_PIXEL = 12;

	private final TranscodingPool pool;

	private final Conversions conversions;

	private final Vips vips;

	private final long maxPixels;

	private final boolean marks;

	/**
	 * Makes a transcoder.
	 * @param marks whether pictures that need nothing else get the mark of models
	 */
	Transcoder(TranscodingPool pool, Conversions conversions, Vips vips, long maxPixels, boolean marks) {
		this.pool = pool;
		this.conversions = conversions;
		this.vips = vips;
		this.maxPixels = Math.min(maxPixels, pool.memory() / BYTES_FOR_PIXEL);
		this.marks = marks;
	}

	/**
	 * A picture as it is delivered.
	 *
	 * @param image the picture; another one than before has its own content
	 * @param warnings what was done, or could not be done
	 * @param opaque whether it certainly has no transparent parts
	 */
	public record Fitted(GeneratedImage image, List<String> warnings, boolean opaque) {

		public Fitted {
			warnings = List.copyOf(warnings);
		}

	}

	/**
	 * Why something that is wanted cannot be made here, before anything is spent on it.
	 */
	public Optional<GatewayError> refusal(Output output) {
		if (!output.byProvider() && output.format().equals(Optional.of(ImageType.AVIF)) && !this.vips.isInstalled()) {
			return Optional.of(new GatewayError.InvalidValue("output_format",
					"output_format: avif needs the program 'vips', which this gateway does not have (expected: png, jpeg, "
							+ "webp or gif). The operator may install libvips-tools, or set heliostat.media.transcoding.vips."));
		}
		return output.exactSize()
			.filter(size -> size.pixels() > this.maxPixels)
			.map(size -> new GatewayError.InvalidValue("size", "size: " + size + " (expected: at most " + this.maxPixels
					+ " pixels with " + "x-heliostat-fit: " + output.fit().key() + ")"));
	}

	/** Whether a format can be made of any picture. */
	public boolean makes(ImageType type) {
		return switch (type) {
			case PNG, JPEG, WEBP, GIF -> true;
			case AVIF -> this.vips.isInstalled();
		};
	}

	/** Fails with {@code overloaded} while too many pictures wait. */
	public void admit() {
		this.pool.admit();
	}

	/**
	 * Converts one picture where that is needed; never fails. The content of a picture
	 * that was converted is released.
	 */
	public Mono<Fitted> fit(GeneratedImage image, Output output) {
		return Mono.defer(() -> {
			if (!this.marks && !isNeeded(image, output)) {
				return Mono.just(new Fitted(image, List.of(), image.type() == ImageType.JPEG));
			}
			long pixels = image.size().pixels();
			if (pixels > this.maxPixels) {
				return Mono.just(kept(image, output, "it has more than " + this.maxPixels + " pixels"));
			}
			long most = pixels + output.exactSize().map(ImageSize::pixels).orElse(0L);
			return this.pool.run(most * BYTES_FOR_PIXEL, () -> this.conversions.convert(image, output))
				.doOnNext(fitted -> {
					if (fitted.image() != image) {
						image.content().release();
					}
				});
		}).onErrorResume(failure -> {
			logger.warn("A {} picture of {} could not be converted: {}", image.type(), image.size(),
					failure.toString());
			return Mono.just(kept(image, output, (failure instanceof NoPictureException)
					? String.valueOf(failure.getMessage()) : "the operator finds the reason in the log"));
		});
	}

	/** Whether more has to be known of a picture than its format and its size. */
	private static boolean isNeeded(GeneratedImage image, Output output) {
		return output.format().filter(format -> format != image.type()).isPresent()
				|| output.exactSize().filter(size -> !size.equals(image.size())).isPresent()
				|| output.compression().isPresent() || (output.opaque() && image.type() != ImageType.JPEG);
	}

	private static Fitted kept(GeneratedImage image, Output output, String reason) {
		String parameter = output.format().filter(format -> format != image.type()).isPresent() ? "output_format"
				: output.exactSize().isPresent() ? "size"
						: output.compression().isPresent() ? "output_compression" : "background";
		if (!isNeeded(image, output)) {
			return new Fitted(image, List.of(), image.type() == ImageType.JPEG);
		}
		return new Fitted(image,
				List.of(parameter + ": the picture could not be converted (" + reason + "). It is delivered as "
						+ image.type().parameterValue() + " of " + image.size() + ", as the provider made it."),
				image.type() == ImageType.JPEG);
	}

}
