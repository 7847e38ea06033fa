package dev.heliostat.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.simulator.TestPictures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Pictures are known by their bytes.
 */
class ImageSnifferTest {

	private static ImageSniffer.Sniffed sniff(byte[] bytes) {
		return ImageSniffer.sniff(Arrays.copyOf(bytes, Math.min(bytes.length, ImageSniffer.HEAD)),
				Arrays.copyOfRange(bytes, Math.max(0, bytes.length - ImageSniffer.TAIL), bytes.length), bytes.length);
	}

	@ParameterizedTest
	@CsvSource({ "png, PNG", "jpg, JPEG", "webp, WEBP", "gif, GIF" })
	void realPicturesAreMeasuredAndHalvesAreNot(String format, ImageType type) {
		byte[] picture = TestPictures.picture(320, 200, format);
		assertThat(sniff(picture)).isEqualTo(new ImageSniffer.Sniffed(type, new ImageSize(320, 200)));
		assertThatThrownBy(() -> sniff(Arrays.copyOf(picture, picture.length / 2)))
			.isInstanceOf(NoPictureException.class)
			.hasMessageContaining("cut off");
	}

	@Test
	void everyFormOfWebpAndAvifIsMeasured() {
		byte[] extended = ByteBuffer.allocate(30)
			.order(ByteOrder.LITTLE_ENDIAN)
			.put("RIFF".getBytes())
			.putInt(22)
			.put("WEBPVP8X".getBytes())
			.putInt(10)
			.putInt(0)
			.put(new byte[] { (byte) 0xff, 3, 0, (byte) 0xff, 1, 0 })
			.array();
		assertThat(sniff(extended).size()).isEqualTo(new ImageSize(1024, 512));
		byte[] avif = ByteBuffer.allocate(64)
			.putInt(24)
			.put("ftypavif".getBytes())
			.putInt(0)
			.put("avifmif1".getBytes())
			.putInt(20)
			.put("ispe".getBytes())
			.putInt(0)
			.putInt(640)
			.putInt(480)
			.array();
		assertThat(sniff(avif)).isEqualTo(new ImageSniffer.Sniffed(ImageType.AVIF, new ImageSize(640, 480)));
	}

	@ParameterizedTest
	@CsvSource({ "'<svg xmlns=\"x\"/>', an SVG", "<html>gone</html>, HTML", "'{\"a\":1}', JSON", "'', no bytes",
			"plain text, something else" })
	void whatIsNoPictureIsNamed(String text, String name) {
		assertThatThrownBy(() -> sniff(text.getBytes(StandardCharsets.UTF_8))).isInstanceOf(NoPictureException.class)
			.hasMessageContaining(name);
	}

}
