package dev.heliostat.media;

import java.util.Arrays;
import java.util.Optional;

import dev.heliostat.image.ImageContent;
import dev.heliostat.image.ImageType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz target: whatever the bytes are, they are a picture of at least one pixel or
 * refused with a reason; and the reader of headers finds parts that lie in the file.
 */
public final class ImageSnifferFuzz {

	private ImageSnifferFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] input) {
		Optional<ImageSniffer.Sniffed> sniffed = sniff(input);
		sniffed.ifPresent(found -> {
			assertThat(found.size().width()).isPositive();
			assertThat(found.size().height()).isPositive();
			assertThat(found.size().pixels()).isEqualTo((long) found.size().width() * found.size().height());
			read(input, found.type());
		});
		// A decoder may see a header that nobody sniffed: each is to stand any bytes.
		for (ImageType type : ImageType.values()) {
			read(input, type);
		}
	}

	private static Optional<ImageSniffer.Sniffed> sniff(byte[] input) {
		try {
			return Optional.of(ImageSniffer.sniff(Arrays.copyOf(input, Math.min(input.length, ImageSniffer.HEAD)),
					Arrays.copyOfRange(input, Math.max(0, input.length - ImageSniffer.TAIL), input.length),
					input.length));
		}
		catch (NoPictureException ex) {
			assertThat(ex.getMessage()).isNotBlank().hasSizeLessThan(200);
			return Optional.empty();
		}
	}

	private static void read(byte[] input, ImageType type) {
		Bytes content = new Bytes(input);
		ContentWindow file = new ContentWindow(content);
		PictureHeader header = PictureHeader.read(file, type);
		assertThat(header.orientation()).isBetween(1, 8);
		header.profile().ifPresent(profile -> assertThat(profile.length).isBetween(128, PictureHeader.LARGEST_PROFILE));
		for (PictureHeader.Part part : header.parts()) {
			assertThat(part.from()).isNotNegative();
		}
		if (type == ImageType.JPEG) {
			assertThat(JpegHeader.components(file)).isBetween(0, 255);
			assertThat(JpegHeader.transform(file)).isBetween(-1, 255);
		}
		if (type == ImageType.WEBP && header.animated()) {
			frame(file);
		}
	}

	private static void frame(ContentWindow file) {
		try {
			WebpHeader.Frame frame = WebpHeader.firstFrame(file);
			assertThat(frame.file().length).isLessThanOrEqualTo((int) file.length() + 100);
		}
		catch (NoPictureException ex) {
			assertThat(ex.getMessage()).isNotBlank();
		}
	}

	/** Content in memory that minds its bounds. */
	private record Bytes(byte[] bytes) implements ImageContent {

		@Override
		public long length() {
			return this.bytes.length;
		}

		@Override
		public Flux<DataBuffer> read(long from, long count) {
			assertThat(from).isBetween(0L, length());
			assertThat(count).isBetween(0L, length() - from);
			return Flux.just(DefaultDataBufferFactory.sharedInstance
				.wrap(Arrays.copyOfRange(this.bytes, (int) from, (int) (from + count))));
		}

		@Override
		public void release() {
		}

	}

}
