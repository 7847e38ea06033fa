package dev.heliostat.provider.sandbox;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.catalog.Offering;
import dev.heliostat.catalog.ParameterRule;
import dev.heliostat.image.Billed;
import dev.heliostat.image.Capability;
import dev.heliostat.image.GeneratedImage;
import dev.heliostat.image.ImageProvider;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.PartialImage;
import dev.heliostat.image.ProviderCall;
import dev.heliostat.image.ProviderException;
import dev.heliostat.image.ProviderFailure;
import dev.heliostat.image.ProviderFailure.Kind;
import dev.heliostat.image.ProviderImage;
import dev.heliostat.image.ProviderResult;
import dev.heliostat.media.NoPictureException;
import dev.heliostat.media.PictureCodecs;
import dev.heliostat.media.PictureReader;
import dev.heliostat.provider.UpstreamErrors;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.node.ObjectNode;

/**
 * Draws what is asked for, at no cost, and fails on demand.
 */
final class SandboxProvider implements ImageProvider {

	private static final ImageSize USUAL = new ImageSize(1024, 1024);

	private static final int LONGEST = 4096;

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

	private final Offering offering;

	private final PictureReader pictures;

	private final Scheduler painters;

	SandboxProvider(Offering offering, PictureReader pictures, Scheduler painters) {
		this.offering = offering;
		this.pictures = pictures;
		this.painters = painters;
	}

	@Override
	public Mono<ProviderResult> generate(ProviderCall call) {
		return Mono.defer(() -> {
			String prompt = call.body().path("prompt").asString("");
			Faults faults = Faults.of(prompt, call.sandbox());
			return after(faults.delay()).then(Mono.defer(() -> end(call, prompt, faults)));
		});
	}

	private static Mono<Void> after(Duration delay) {
		return delay.isZero() ? Mono.empty() : Mono.delay(delay).then();
	}

	private Mono<ProviderResult> end(ProviderCall call, String prompt, Faults faults) {
		if (faults.failure().isPresent()) {
			return Mono.error(new ProviderException(faults.failure().get()));
		}
		Mono<DataBuffer> bytes = Mono.fromCallable(() -> paint(call, prompt, faults)).subscribeOn(this.painters);
		return Flux.range(0, call.watch().partials())
			.concatMap(index -> look(call, prompt, faults, index), 1)
			.then(this.pictures.read(bytes))
			.<ProviderImage>map(
					picture -> new GeneratedImage(picture.content(), picture.type(), picture.size(), Optional.empty()))
			.map(image -> new ProviderResult(List.of(image), Optional.empty(), Optional.empty(), Map.of(),
					Duration.ZERO))
			.onErrorMap(NoPictureException.class,
					error -> new ProviderException(
							ProviderFailure.of(Kind.BAD_OUTPUT, Billed.NO, String.valueOf(error.getMessage()))))
			.onErrorMap(error -> !(error instanceof ProviderException),
					error -> new ProviderException(UpstreamErrors.broken(error)));
	}

	/** Shows the picture as it might be half-way, for long enough that it can be seen. */
	private Mono<Void> look(ProviderCall call, String prompt, Faults faults, int index) {
		int coarseness = 1 << (2 + call.watch().partials() - index);
		Mono<DataBuffer> bytes = Mono.fromCallable(() -> encoded(call, picture(call, prompt, faults).look(coarseness)))
			.map(DefaultDataBufferFactory.sharedInstance::wrap)
			.<DataBuffer>cast(DataBuffer.class)
			.subscribeOn(this.painters);
		return this.pictures.read(bytes)
			.doOnNext(look -> call.watch()
				.partial(new PartialImage(index, look.content(), look.type(), look.size(), Optional.empty(),
						Optional.empty())))
			.then(Mono.delay(BETWEEN_LOOKS))
			.then();
	}

	private DataBuffer paint(ProviderCall call, String prompt, Faults faults) throws IOException {
		byte[] bytes = encoded(call, picture(call, prompt, faults).draw());
		return DefaultDataBufferFactory.sharedInstance
			.wrap(faults.truncated() ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
	}

	private static byte[] encoded(ProviderCall call, BufferedImage image) throws IOException {
		ImageType type = ImageType.named(call.body().path("output_format").asString("png"))
			.filter(known -> known != ImageType.AVIF)
			.orElse(ImageType.PNG);
		return PictureCodecs.encode(image, type, call.body().path("output_compression").asInt(90));
	}

	private SandboxPicture picture(ProviderCall call, String prompt, Faults faults) {
		ObjectNode body = call.body();
		ImageSize size = (call.capability() == Capability.UPSCALE) ? upscaled(call)
				: (body.path("width").isInt() && body.path("height").isInt())
						? new ImageSize(body.path("width").asInt(), body.path("height").asInt())
						: Optional.ofNullable(this.offering.mode(call.capability()).parameters().get("size"))
							.flatMap(ParameterRule::defaultValue)
							.flatMap(value -> ImageSize.parse(value.asString()))
							.orElse(USUAL);
		return new SandboxPicture(this.offering.modelSlug(), Faults.shown(prompt), size,
				body.path("seed").asLong(pictureIndex(call)), !faults.unnamed());
	}

	/** As many times the size of what was sent as {@code scale_factor} says. */
	private static ImageSize upscaled(ProviderCall call) {
		ImageSize size = call.images().isEmpty() ? USUAL : call.images().getFirst().size();
		double factor = Math.clamp(call.body().path("scale_factor").asDouble(2), 1, 8);
		double most = (double) LONGEST / Math.max(size.width(), size.height());
		double scale = Math.min(factor, Math.max(most, 1));
		return new ImageSize((int) Math.round(size.width() * scale), (int) Math.round(size.height() * scale));
	}

	/** Without a seed, pictures of one generation differ by their index. */
	private static long pictureIndex(ProviderCall call) {
		String id = call.pictureId();
		return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
	}

}
