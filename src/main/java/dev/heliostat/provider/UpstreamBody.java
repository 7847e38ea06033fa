package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;

/**
 * What a request brings along. It may be sent again, where the first connection broke
 * before anything was sent.
 */
interface UpstreamBody {

	UpstreamBody NONE = (request, out) -> Mono.empty();

	/** Sends it, with the headers that belong to it. */
	Publisher<Void> send(HttpClientRequest request, NettyOutbound out);

	/** The bytes, for those who have to sign them; may be read again. */
	default Optional<Flux<DataBuffer>> signed() {
		return Optional.empty();
	}

	/**
	 * A text that goes out with its headers in one write.
	 *
	 * @param text what is sent as UTF-8
	 */
	record Text(String text) implements UpstreamBody {

		@Override
		public Publisher<Void> send(HttpClientRequest request, NettyOutbound out) {
			int length = ByteBufUtil.utf8Bytes(this.text);
			ByteBuf bytes = out.alloc().buffer(length);
			ByteBufUtil.reserveAndWriteUtf8(bytes, this.text, length);
			return out.sendObject(bytes);
		}

		@Override
		public Optional<Flux<DataBuffer>> signed() {
			return Optional.of(Flux.defer(() -> Flux
				.just(DefaultDataBufferFactory.sharedInstance.wrap(this.text.getBytes(StandardCharsets.UTF_8)))));
		}

	}

	/**
	 * A body that is made while it is sent.
	 *
	 * @param length its bytes
	 * @param pieces the bytes; may be read again
	 */
	record Stream(long length, Flux<DataBuffer> pieces) implements UpstreamBody {

		@Override
		public Publisher<Void> send(HttpClientRequest request, NettyOutbound out) {
			request.requestHeaders().set(HttpHeaderNames.CONTENT_LENGTH, this.length);
			return out.send(this.pieces.map(NettyDataBufferFactory::toByteBuf));
		}

		@Override
		public Optional<Flux<DataBuffer>> signed() {
			return Optional.of(this.pieces);
		}

	}

}
