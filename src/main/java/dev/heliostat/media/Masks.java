package dev.heliostat.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import dev.heliostat.image.ImageType;
import dev.heliostat.image.InputImage;

/**
 * Translates between the ways in which a mask says what is to be edited. A client's mask
 * says it by transparency.
 */
public final class Masks {

	private static final int HALF = 128;

	private static final int HEAD = 64 * 1024;

	private static final int COLOUR_TYPE = 25;

	private final Spool spool;

	private final Scheduler painters;

	/**
	 * Makes a translator.
	 * @param painters threads that decode and encode, a bounded number
	 */
	Masks(Spool spool, Scheduler painters) {
		this.spool = spool;
		this.painters = painters;
	}

	/** Whether a picture can serve as a mask: a PNG that has transparency. */
	public static Mono<Boolean> isTransparent(InputImage mask) {
		if (mask.type() != ImageType.PNG) {
			return Mono.just(false);
		}
		return DataBufferUtils.join(mask.content().read(0, Math.min(mask.content().length(), HEAD)))
			.map(DiskSpool::copy)
			.map(Masks::isTransparent);
	}

	/** The colour types 4 and 6 have an alpha channel; others may have a tRNS chunk. */
	private static boolean isTransparent(byte[] head) {
		return head.length > COLOUR_TYPE && (head[COLOUR_TYPE] == 4 || head[COLOUR_TYPE] == 6
				|| new String(head, StandardCharsets.ISO_8859_1).contains("tRNS"));
	}

	/**
	 * A mask of opaque black and white.
	 * @param white whether white says "edit here", else black does
	 */
	public Mono<InputImage> opaque(InputImage mask, boolean white) {
		return decode(mask).publishOn(this.painters)
			.map(image -> DefaultDataBufferFactory.sharedInstance.wrap(encode(converted(image, white))))
			.flatMap(bytes -> this.spool.drain(Mono.just(bytes), Long.MAX_VALUE))
			.map(content -> new InputImage(content, ImageType.PNG, mask.size()));
	}

	private Mono<BufferedImage> decode(InputImage mask) {
		return Mono.fromCallable(() -> {
			try (InputStream stream = DataBufferUtils.subscriberInputStream(Flux.from(mask.content().read()), 4)) {
				ImageReader reader = PictureCodecs.reader(ImageType.PNG);
				try {
					reader.setInput(new MemoryCacheImageInputStream(stream), true, true);
					return reader.read(0);
				}
				finally {
					reader.dispose();
				}
			}
			catch (IOException ex) {
				throw new NoPictureException("the mask cannot be decoded");
			}
		}).subscribeOn(this.painters);
	}

	private static BufferedImage converted(BufferedImage mask, boolean white) {
		BufferedImage converted = new BufferedImage(mask.getWidth(), mask.getHeight(), BufferedImage.TYPE_BYTE_GRAY);
		int edited = white ? 0xffffff : 0;
		for (int y = 0; y < mask.getHeight(); y++) {
			for (int x = 0; x < mask.getWidth(); x++) {
				boolean edit = (mask.getRGB(x, y) >>> 24) < HALF;
				converted.setRGB(x, y, edit ? edited : ~edited & 0xffffff);
			}
		}
		return converted;
	}

	private static byte[] encode(BufferedImage image) {
		try {
			return PictureCodecs.encode(image, ImageType.PNG, 100);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
