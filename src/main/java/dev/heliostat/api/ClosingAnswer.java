package dev.heliostat.api;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

import dev.heliostat.image.GatewayError;

/**
 * The error envelope for a connection on which no request came so far that anybody else
 * could answer it.
 */
final class ClosingAnswer {

	private static final int PATIENCE = 2;

	private ClosingAnswer() {
	}

	/** What is wrong with a request that is none. */
	static GatewayError undecodable(Throwable cause, LimitsProperties limits) {
		return switch (cause) {
			case TooLongHttpLineException _ -> new GatewayError.RequestTooLarge(
					"The first line of the request has more than " + limits.requestLine().toBytes()
							+ " bytes (heliostat.limits.request-line). Send a shorter URL.");
			case TooLongHttpHeaderException _ -> new GatewayError.RequestTooLarge(
					"The headers of the request have more than " + limits.requestHeader().toBytes()
							+ " bytes (heliostat.limits.request-header). Send fewer, or shorter ones.");
			default -> new GatewayError.InvalidValue("request",
					"request: no HTTP/1.1 that can be read, such as one with a control character in a header. Let an HTTP client make it.");
		};
	}

	static FullHttpResponse of(GatewayError error) {
		byte[] body = ErrorBody.write(error);
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
				HttpResponseStatus.valueOf(error.status()), Unpooled.wrappedBuffer(body));
		response.headers()
			.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
			.setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
			.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
			.set("x-request-id", RequestAttributes.newRequestId())
			.set("x-should-retry", Boolean.toString(error.shouldRetry()));
		error.retryAfter().ifPresent(after -> response.headers().set(HttpHeaderNames.RETRY_AFTER, after.toSeconds()));
		return response;
	}

	/**
	 * Answers and closes. What the client still sends is taken for a moment: a socket
	 * that is closed with unread bytes takes the answer back.
	 */
	static void send(ChannelHandlerContext ctx, GatewayError error) {
		ctx.writeAndFlush(of(error)).addListener(written -> {
			if (ctx.channel() instanceof DuplexChannel socket && written.isSuccess()) {
				socket.shutdownOutput();
				ctx.executor().schedule(() -> ctx.close(), PATIENCE, TimeUnit.SECONDS);
			}
			else {
				ctx.close();
			}
		});
	}

}
