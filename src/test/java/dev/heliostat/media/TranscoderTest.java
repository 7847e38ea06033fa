package dev.heliostat.media;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.Output;
import dev.heliostat.image.Output.Fit;
import dev.heliostat.media.MediaProperties.AiMark;
import dev.heliostat.media.Transcoder.Fitted;
import dev.heliostat.testing.Bytes;
import dev.heliostat.testing.Gateway;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of unusual pictures, and of what stands beside their pixels.
 */
class TranscoderTest {

	private static final String SECRET = "a prompt that nobody is to see";

	private final TranscodingPool pool = new TranscodingPool(2, 10, 100_000_000);

	@AfterEach
	void stop() {
		this.pool.close();
	}

	private Transcoder transcoder(AiMark mark) {
		Path directory = Gateway.temporary();
		DiskSpool spool = new DiskSpool(
				new SpoolSpace(directory, 100_000_000, 1_000_000, new SecretKeySpec(new byte[32], "AES")),
				Schedulers.boundedElastic());
		Vips vips = new Vips("", directory, Duration.ofSeconds(1));
		return new Transcoder(this.pool, new Conversions(spool, vips, mark), vips, 50_000_000, mark == AiMark.ADD);
	}

	private static Output to(ImageType type) {
		return new Output(Optional.of(type), false, Optional.empty(), false, Optional.empty(), Fit.NEAREST);
	}

	private static GeneratedImage image(byte[] file) {
		byte[] tail = Arrays.copyOfRange(file, Math.max(0, file.length - ImageSniffer.TAIL), file.length);
		ImageSniffer.Sniffed sniffed = ImageSniffer.sniff(file, tail, file.length);
		return new GeneratedImage(new Bytes(file), sniffed.type(), sniffed.size(), Optional.of("revised"));
	}

	private Fitted fitted(byte[] file, Output output) {
		return transcoder(AiMark.KEEP).fit(image(file), output).block();
	}

	private static byte[] bytes(Fitted fitted) {
		return DataBufferUtils.join(fitted.image().content().read()).map(DiskSpool::copy).block();
	}

	private static BufferedImage decode(byte[] file) throws IOException {
		return ImageIO.read(new ByteArrayInputStream(file));
	}

	private BufferedImage converted(byte[] file, ImageType type) throws IOException {
		Fitted fitted = fitted(file, to(type));
		assertThat(fitted.warnings()).isEmpty();
		assertThat(fitted.image().type()).isEqualTo(type);
		assertThat(fitted.image().revisedPrompt()).contains("revised");
		byte[] made = bytes(fitted);
		assertThat(image(made).type()).isEqualTo(type);
		assertThat(image(made).size()).isEqualTo(fitted.image().size());
		return decode(made);
	}

	/** Red above left, green above right, blue below left; below right it is empty. */
	private static BufferedImage quarters(int type) {
		BufferedImage image = new BufferedImage(40, 20, type);
		Graphics2D graphics = image.createGraphics();
		graphics.setColor(Color.RED);
		graphics.fillRect(0, 0, 20, 10);
		graphics.setColor(Color.GREEN);
		graphics.fillRect(20, 0, 20, 10);
		graphics.setColor(Color.BLUE);
		graphics.fillRect(0, 10, 20, 10);
		graphics.dispose();
		return image;
	}

	private static byte[] quarters(ImageType type) throws IOException {
		return PictureCodecs.encode(quarters(BufferedImage.TYPE_INT_RGB), type, 100);
	}

	private static void assertLike(BufferedImage image, int x, int y, int colour, int tolerance) {
		int found = image.getRGB(x, y);
		for (int shift = 0; shift < 24; shift += 8) {
			assertThat(found >> shift & 0xff).as("%d,%d: %x and not %x", x, y, found, colour)
				.isBetween((colour >> shift & 0xff) - tolerance, (colour >> shift & 0xff) + tolerance);
		}
	}

	@ParameterizedTest
	@CsvSource({ "PNG", "JPEG", "WEBP", "GIF" })
	void everyFormatBecomesEveryOther(ImageType from) throws IOException {
		for (ImageType to : new ImageType[] { ImageType.PNG, ImageType.JPEG, ImageType.WEBP, ImageType.GIF }) {
			BufferedImage image = converted(quarters(from), to);
			assertLike(image, 5, 5, 0xff0000, 12);
			assertLike(image, 35, 5, 0x00ff00, 12);
			assertLike(image, 5, 15, 0x0000ff, 12);
		}
	}

	@Test
	void transparencyIsKeptWhereItCanBeAndWhiteElsewhere() throws IOException {
		byte[] file = PictureCodecs.encode(quarters(BufferedImage.TYPE_INT_ARGB), ImageType.PNG, 100);
		for (ImageType type : new ImageType[] { ImageType.WEBP, ImageType.GIF }) {
			BufferedImage image = converted(file, type);
			assertThat(image.getRGB(35, 15) >>> 24).as(type.name()).isZero();
			assertThat(image.getRGB(5, 5) >>> 24).as(type.name()).isEqualTo(255);
			assertLike(image, 5, 5, 0xff0000, 12);
		}
		assertLike(converted(file, ImageType.JPEG), 35, 15, 0xffffff, 3);
		Output opaque = new Output(Optional.empty(), true, Optional.empty(), true, Optional.empty(), Fit.NEAREST);
		Fitted flat = fitted(file, opaque);
		assertThat(flat.opaque()).isTrue();
		assertThat(decode(bytes(flat)).getRGB(35, 15)).isEqualTo(0xffffffff);
		Output padded = new Output(Optional.empty(), true, Optional.empty(), false, Optional.of(new ImageSize(40, 40)),
				Fit.EXACT_PAD);
		assertThat(decode(bytes(fitted(file, padded))).getRGB(1, 1) >>> 24).isZero();
	}

	@Test
	void palettesWithTransparencyAndSixteenBitsAreUnderstood() throws IOException {
		byte[] levels = { (byte) 255, 0 };
		BufferedImage palette = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_INDEXED,
				new IndexColorModel(8, 2, levels, levels, levels, 1));
		palette.getRaster().setSample(3, 3, 0, 1);
		byte[] file = PictureCodecs.encode(palette, ImageType.PNG, 100);
		assertThat(new String(file, StandardCharsets.ISO_8859_1)).contains("tRNS");
		BufferedImage kept = converted(file, ImageType.WEBP);
		assertThat(kept.getRGB(3, 3) >>> 24).isZero();
		assertThat(kept.getRGB(9, 9)).isEqualTo(0xffffffff);

		ColorSpace space = ColorSpace.getInstance(ColorSpace.CS_sRGB);
		BufferedImage deep = ImageTypeSpecifier
			.createInterleaved(space, new int[] { 0, 1, 2 }, DataBuffer.TYPE_USHORT, false, false)
			.createBufferedImage(8, 8);
		for (int i = 0; i < 64; i++) {
			deep.getRaster().setPixel(i % 8, i / 8, new int[] { 0xffff, 0x8000, 0x0100 });
		}
		assertLike(converted(PictureCodecs.encode(deep, ImageType.PNG, 100), ImageType.WEBP), 4, 4, 0xff8001, 6);

		BufferedImage gray = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
		gray.getRaster().setSample(4, 4, 0, 100);
		byte[] plain = PictureCodecs.encode(gray, ImageType.PNG, 100);
		Fitted exact = fitted(plain, new Output(Optional.of(ImageType.PNG), true, Optional.empty(), false,
				Optional.of(new ImageSize(8, 10)), Fit.EXACT_PAD));
		assertLike(decode(bytes(exact)), 4, 5, 0x646464, 0);
	}

	@Test
	void inksOfPrintsBecomeColours() throws IOException {
		WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 32, 32, 4, null);
		for (int i = 0; i < 32 * 32; i++) {
			inks.setPixel(i % 32, i / 32, new int[] { 0, 255, 255, 0 });
		}
		ByteArrayOutputStream file = new ByteArrayOutputStream();
		ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(file)) {
			writer.setOutput(stream);
			writer.write(null, new IIOImage(inks, null, null), null);
		}
		assertLike(converted(file.toByteArray(), ImageType.PNG), 16, 16, 0xff0000, 8);
		// Made by libvips, with Adobe's marker and the inks of coated paper.
		byte[] adobe = Files.readAllBytes(Path.of("src/test/resources/pictures/cmyk.jpg"));
		BufferedImage print = converted(adobe, ImageType.PNG);
		assertLike(print, 16, 12, 0xff0000, 60);
		assertLike(print, 48, 36, 0xffffff, 8);
	}

	@ParameterizedTest
	@EnumSource(value = ImageType.class, names = { "PNG", "JPEG", "WEBP" })
	void theColourProfileGoesAlongAndNothingElse(ImageType type) throws IOException {
		byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
		byte[] plain = PictureCodecs.encode(quarters(BufferedImage.TYPE_INT_RGB), ImageType.PNG, 100);
		byte[] file = withText(Marking.add(plain, ImageType.PNG, new ImageSize(40, 20), Optional.of(profile), false));
		assertThat(new String(file, StandardCharsets.ISO_8859_1)).contains(SECRET);
		Output output = new Output(Optional.of(type), false, Optional.empty(), false,
				Optional.of(new ImageSize(20, 10)), Fit.EXACT_CROP);
		byte[] made = bytes(fitted(file, output));
		assertThat(new String(made, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
		PictureHeader header = PictureHeader.read(new ContentWindow(new Bytes(made)), type);
		assertThat(header.profile()).isPresent();
		assertThat(header.profile().get()).isEqualTo(profile);
		assertThat(decode(made).getWidth()).isEqualTo(20);
		// And from there on.
		byte[] back = bytes(fitted(made, to((type == ImageType.PNG) ? ImageType.JPEG : ImageType.PNG)));
		assertThat(PictureHeader.read(new ContentWindow(new Bytes(back)), image(back).type()).profile().get())
			.isEqualTo(profile);
	}

	@Test
	void coloursWithAProfileAreConvertedWhereTheFormatHasNone() throws IOException {
		byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
		BufferedImage half = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
		Graphics2D graphics = half.createGraphics();
		graphics.setColor(new Color(0x808080));
		graphics.fillRect(0, 0, 8, 8);
		graphics.dispose();
		byte[] file = Marking.add(PictureCodecs.encode(half, ImageType.PNG, 100), ImageType.PNG, new ImageSize(8, 8),
				Optional.of(profile), false);
		assertLike(converted(file, ImageType.GIF), 4, 4, 0xbcbcbc, 3);
		assertLike(converted(file, ImageType.JPEG), 4, 4, 0x808080, 100);
	}

	private static byte[] withText(byte[] png) {
		byte[] data = ("tEXtparameters\0" + SECRET).getBytes(StandardCharsets.ISO_8859_1);
		return inserted(png, 33, chunk(data));
	}

	private static byte[] chunk(byte[] nameAndData) {
		CRC32 sum = new CRC32();
		sum.update(nameAndData);
		ByteArrayOutputStream chunk = new ByteArrayOutputStream();
		chunk.writeBytes(java.nio.ByteBuffer.allocate(4).putInt(nameAndData.length - 4).array());
		chunk.writeBytes(nameAndData);
		chunk.writeBytes(java.nio.ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
		return chunk.toByteArray();
	}

	private static byte[] inserted(byte[] file, int at, byte[] part) {
		ByteArrayOutputStream whole = new ByteArrayOutputStream();
		whole.write(file, 0, at);
		whole.writeBytes(part);
		whole.write(file, at, file.length - at);
		return whole.toByteArray();
	}

	/** Where red is, in a picture that is turned so. */
	@ParameterizedTest
	@CsvSource({ "1, 5, 5, 40", "2, 35, 5, 40", "3, 35, 15, 40", "4, 5, 15, 40", "5, 5, 5, 20", "6, 15, 5, 20",
			"7, 15, 35, 20", "8, 5, 35, 20" })
	void picturesAreTurnedUprightBeforeThatIsForgotten(int orientation, int x, int y, int width) throws IOException {
		byte[] exif = HexFormat.of()
			.parseHex("ffe10022457869660000" + "4d4d002a00000008" + "00010112000300000001" + "000" + orientation
					+ "0000" + "00000000");
		byte[] file = inserted(quarters(ImageType.JPEG), 2, exif);
		BufferedImage image = converted(file, ImageType.PNG);
		assertThat(image.getWidth()).isEqualTo(width);
		assertLike(image, x, y, 0xff0000, 12);
	}

	@Test
	void ofAnAnimationTheFirstFrameIsConvertedAndThatIsSaid() throws IOException {
		ByteArrayOutputStream gif = new ByteArrayOutputStream();
		ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
		try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(gif)) {
			writer.setOutput(stream);
			writer.prepareWriteSequence(null);
			for (int i = 0; i < 3; i++) {
				writer.writeToSequence(new IIOImage(quarters(BufferedImage.TYPE_INT_RGB), null, null), null);
			}
			writer.endWriteSequence();
		}
		byte[] still = PictureCodecs.encode(quarters(BufferedImage.TYPE_INT_RGB), ImageType.WEBP, 100);
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		// At 20, 10 on a canvas of 80 x 40.
		frame.writeBytes(new byte[] { 10, 0, 0, 5, 0, 0, 39, 0, 0, 19, 0, 0, 100, 0, 0, 0 });
		frame.write(still, 12, still.length - 12);
		byte[] webp = WebpFile.of(WebpFile.chunk("VP8X", new byte[] { 2, 0, 0, 0, 79, 0, 0, 39, 0, 0 }),
				WebpFile.chunk("ANIM", new byte[6]), WebpFile.chunk("ANMF", frame.toByteArray()),
				WebpFile.chunk("ANMF", frame.toByteArray()));
		Fitted one = fitted(gif.toByteArray(), to(ImageType.PNG));
		Fitted other = fitted(webp, to(ImageType.PNG));
		assertThat(one.warnings())
			.containsExactly("output_format: the picture was animated, and only its first frame was converted.");
		assertThat(other.warnings()).isEqualTo(one.warnings());
		assertLike(decode(bytes(one)), 5, 5, 0xff0000, 5);
		assertThat(decode(bytes(other)).getWidth()).isEqualTo(80);
		assertLike(decode(bytes(other)), 25, 15, 0xff0000, 12);
		assertThat(decode(bytes(other)).getRGB(5, 5) >>> 24).isZero();
		Fitted untouched = fitted(webp, to(ImageType.WEBP));
		assertThat(bytes(untouched)).isEqualTo(webp);
	}

	@Test
	void aBombIsRefusedBeforeItIsDecoded() {
		ByteArrayOutputStream pixels = new ByteArrayOutputStream();
		try (Deflater deflater = new Deflater(9)) {
			deflater.setInput(new byte[40_000_000]);
			deflater.finish();
			byte[] piece = new byte[8192];
			while (!deflater.finished()) {
				pixels.write(piece, 0, deflater.deflate(piece));
			}
		}
		ByteArrayOutputStream bomb = new ByteArrayOutputStream();
		bomb.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
		bomb.writeBytes(
				chunk("IHDR\0\0\u0075\u0030\0\0\u0075\u0030\u0001\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1)));
		ByteArrayOutputStream data = new ByteArrayOutputStream();
		data.writeBytes("IDAT".getBytes(StandardCharsets.ISO_8859_1));
		data.writeBytes(pixels.toByteArray());
		bomb.writeBytes(chunk(data.toByteArray()));
		bomb.writeBytes(chunk("IEND".getBytes(StandardCharsets.ISO_8859_1)));
		assertThat(bomb.size()).isLessThan(50_000);
		GeneratedImage image = image(bomb.toByteArray());
		assertThat(image.size()).hasToString("30000x30000");
		Fitted fitted = transcoder(AiMark.KEEP).fit(image, to(ImageType.JPEG)).block();
		assertThat(fitted.image()).isSameAs(image);
		assertThat(fitted.warnings().getFirst())
			.contains("output_format: the picture could not be converted (it has more");
	}

	@Test
	void whatLiesAboutItsSizeIsNotDecoded() throws IOException {
		byte[] file = quarters(ImageType.GIF);
		file[6] = 8;
		GeneratedImage image = image(file);
		assertThat(image.size()).hasToString("8x20");
		Fitted fitted = transcoder(AiMark.KEEP).fit(image, to(ImageType.PNG)).block();
		assertThat(fitted.warnings().getFirst()).contains("a frame of 40x20 in a picture of 8x20");
	}

	@ParameterizedTest
	@EnumSource(value = ImageType.class, names = { "PNG", "JPEG", "WEBP", "GIF" })
	void theMarkOfModelsIsKeptAddedOrLeftOut(ImageType type) throws IOException {
		byte[] marked = Marking.add(quarters(ImageType.PNG), ImageType.PNG, new ImageSize(40, 20), Optional.empty(),
				true);
		Output smaller = new Output(Optional.of(type), false, Optional.empty(), false,
				Optional.of(new ImageSize(20, 10)), Fit.EXACT_CROP);
		assertThat(isMarked(transcoder(AiMark.KEEP).fit(image(marked), smaller).block())).isTrue();
		assertThat(isMarked(transcoder(AiMark.NONE).fit(image(marked), smaller).block())).isFalse();
		byte[] plain = quarters(type);
		assertThat(isMarked(transcoder(AiMark.KEEP).fit(image(plain), smaller).block())).isFalse();
		Fitted added = transcoder(AiMark.ADD).fit(image(plain), Output.ANY).block();
		assertThat(isMarked(added)).isTrue();
		assertLike(decode(bytes(added)), 5, 5, 0xff0000, 12);
	}

	private static boolean isMarked(Fitted fitted) {
		return new String(bytes(fitted), StandardCharsets.ISO_8859_1)
			.contains("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia");
	}

}
