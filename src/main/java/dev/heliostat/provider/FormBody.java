package dev.heliostat.provider;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.netty.handler.codec.http.HttpHeaderNames;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.CharSequenceEncoder;
import org.springframework.core.codec.DataBufferEncoder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.codec.EncoderHttpMessageWriter;
import org.springframework.http.codec.multipart.MultipartHttpMessageWriter;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import dev.heliostat.image.InputImage;

/**
 * A multipart body: one part for each member, one for each picture, which is read from
 * the spool while it is sent.
 */
final class FormBody implements UpstreamBody {

	private static final MultipartHttpMessageWriter WRITER = new MultipartHttpMessageWriter(
			List.of(new EncoderHttpMessageWriter<>(new DataBufferEncoder()),
					new EncoderHttpMessageWriter<>(CharSequenceEncoder.textPlainOnly())));

	private static final ResolvableType PARTS = ResolvableType.forClassWithGenerics(MultiValueMap.class, String.class,
			Object.class);

	private final MultiValueMap<String, HttpEntity<?>> parts;

	FormBody(ObjectNode body, Map<EmbeddedInput, InputImage> pictures) {
		MultipartBodyBuilder builder = new MultipartBodyBuilder();
		body.properties().forEach(member -> {
			List<EmbeddedInput> embedded = Writing.inputs(member.getValue());
			if (embedded.isEmpty()) {
				JsonNode value = member.getValue();
				builder.part(member.getKey(), value.isValueNode() ? value.asString() : value.toString());
			}
			for (EmbeddedInput input : embedded) {
				InputImage picture = Objects.requireNonNull(pictures.get(input));
				String name = input.mask() ? "mask" : "image-" + (input.index() + 1);
				builder.asyncPart(member.getKey(), picture.content().read(), DataBuffer.class)
					.filename(name + "." + picture.type().extension())
					.contentType(MediaType.parseMediaType(picture.type().mime()));
			}
		});
		this.parts = builder.build();
	}

	@Override
	public Publisher<Void> send(HttpClientRequest request, NettyOutbound out) {
		return written().flatMap(form -> {
			request.requestHeaders()
				.set(HttpHeaderNames.CONTENT_TYPE, Objects.requireNonNull(form.headers.getFirst("Content-Type")));
			return out.send(form.pieces.map(NettyDataBufferFactory::toByteBuf)).then();
		});
	}

	/** Its bytes with a boundary of their own. */
	Flux<DataBuffer> pieces() {
		return written().flatMapMany(form -> form.pieces);
	}

	private Mono<Written> written() {
		return Mono.defer(() -> {
			Written form = new Written();
			return WRITER.write(Mono.just(this.parts), PARTS, MediaType.MULTIPART_FORM_DATA, form, Map.of())
				.thenReturn(form);
		});
	}

	/** What Spring's writer writes to. */
	private static final class Written implements ReactiveHttpOutputMessage {

		private final HttpHeaders headers = new HttpHeaders();

		private Flux<DataBuffer> pieces = Flux.empty();

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public DataBufferFactory bufferFactory() {
			return DefaultDataBufferFactory.sharedInstance;
		}

		@Override
		public void beforeCommit(Supplier<? extends Mono<Void>> action) {
			throw new UnsupportedOperationException("Spring's writer of forms does not ask for it");
		}

		@Override
		public boolean isCommitted() {
			return false;
		}

		/** Leaves out the pieces of empty texts: sending would wait for them for ever. */
		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			this.pieces = Flux.<DataBuffer>from(body).filter(piece -> piece.readableByteCount() > 0);
			return Mono.empty();
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			throw new UnsupportedOperationException("Spring's writer of forms does not ask for it");
		}

		@Override
		public Mono<Void> setComplete() {
			return Mono.empty();
		}

	}

}
