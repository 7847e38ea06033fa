package dev.heliostat.provider;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClientResponse;

/**
 * What a provider answers. Its body is read at most once; a connection whose body was not
 * read to its end when the reader is done is closed.
 */
public final class UpstreamResponse {

	/** The most of a body that is ever held as one text. */
	private static final int MOST = 1024 * 1024;

	private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

	private final HttpClientResponse response;

	private final ByteBufFlux pieces;

	UpstreamResponse(HttpClientResponse response, ByteBufFlux pieces) {
		this.response = response;
		this.pieces = pieces;
	}

	int status() {
		return this.response.status().code();
	}

	/** Whether the status says that it went well. */
	public boolean isSuccess() {
		return status() >= 200 && status() < 300;
	}

	public HttpHeaders headers() {
		return this.response.responseHeaders();
	}

	/** Whether the body is declared to be of a type; parameters and case do not count. */
	public boolean isOfType(String type) {
		String declared = headers().get(HttpHeaderNames.CONTENT_TYPE);
		return declared != null && declared.regionMatches(true, 0, type, 0, type.length())
				&& (type.endsWith("/") || declared.length() == type.length() || declared.charAt(type.length()) == ';'
						|| declared.charAt(type.length()) == ' ');
	}

	/** The body as it comes; whoever gets a piece releases it. */
	public Flux<DataBuffer> body() {
		return this.pieces.map(piece -> BUFFERS.wrap(piece.retain()));
	}

	/**
	 * The whole body as a text; empty where there is none. Fails where it is too long.
	 */
	Mono<String> text() {
		return DataBufferUtils.join(body(), MOST).map(whole -> {
			try {
				return whole
					.toString(HttpUtil.getCharset(headers().get(HttpHeaderNames.CONTENT_TYPE), StandardCharsets.UTF_8));
			}
			finally {
				DataBufferUtils.release(whole);
			}
		});
	}

}
