package dev.heliostat.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

import dev.heliostat.image.GatewayError;

/**
 * Watches one connection for a client that keeps it busy with next to nothing: headers or
 * a body that stop or drip, and an answer that nobody takes. It looks from time to time,
 * and only while something of this kind is under way: a request that comes at once, and
 * an answer that is taken at once, cost a few fields.
 */
final class ConnectionGuard extends ChannelDuplexHandler {

	private final LimitsProperties limits;

	private final Inflow inflow;

	/** Set when everything that still comes is thrown away. */
	private boolean ending;

	private boolean refused;

	private boolean watching;

	private boolean read;

	private int unanswered;

	private boolean answering;

	private boolean gaveUp;

	private @Nullable GatewayError undecodable;

	/** Of an answer that waits: what was seen of it, and when it last moved. */
	private long waiting;

	private long moved;

	ConnectionGuard(LimitsProperties limits, boolean refused) {
		this.limits = limits;
		this.refused = refused;
		this.inflow = new Inflow(limits);
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		if (this.refused) {
			watch(ctx);
		}
		ctx.fireChannelActive();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.ending || this.refused) {
			ReferenceCountUtil.release(message);
			if (!this.ending) {
				end(ctx, new GatewayError.RateLimited("This address has more than "
						+ this.limits.connectionsPerAddress()
						+ " connections open (heliostat.limits.connections-per-address). Use them again, or close some.",
						Duration.ofSeconds(1)));
			}
			return;
		}
		this.read = true;
		if (message instanceof HttpRequest request) {
			this.unanswered++;
			this.inflow.begin();
			if (request.decoderResult().isFailure()) {
				this.undecodable = ClosingAnswer.undecodable(request.decoderResult().cause(), this.limits);
			}
		}
		if (message instanceof HttpContent content) {
			this.inflow.add(content.content().readableBytes());
			if (message instanceof LastHttpContent) {
				this.inflow.end();
			}
		}
		ctx.fireChannelRead(message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (!this.read && this.unanswered == 0 && !this.ending) {
			// Something came that is no request yet.
			this.inflow.beginHeaders();
		}
		this.read = false;
		if (this.inflow.isUnderWay()) {
			watch(ctx);
		}
		ctx.fireChannelReadComplete();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (this.ending) {
			ReferenceCountUtil.release(message);
			promise.setFailure(new java.nio.channels.ClosedChannelException());
			return;
		}
		GatewayError error = this.undecodable;
		if (error != null && message instanceof FullHttpResponse) {
			ReferenceCountUtil.release(message);
			this.undecodable = null;
			ctx.write(ClosingAnswer.of(error), promise);
			return;
		}
		if (message instanceof HttpResponse response && response.status().code() >= 200) {
			this.answering = true;
			if (this.gaveUp) {
				response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
			}
		}
		if (this.answering && message instanceof LastHttpContent) {
			this.answering = false;
			this.unanswered--;
		}
		ctx.write(message, promise);
	}

	@Override
	public void flush(ChannelHandlerContext ctx) {
		ctx.flush();
		if (!this.watching && pending(ctx) > 0) {
			watch(ctx);
		}
	}

	private static long pending(ChannelHandlerContext ctx) {
		ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	private void watch(ChannelHandlerContext ctx) {
		if (!this.watching) {
			this.watching = true;
			this.waiting = 0;
			this.moved = System.nanoTime();
			later(ctx);
		}
	}

	private void later(ChannelHandlerContext ctx) {
		long shortest = Math.min(this.inflow.shortest(), this.limits.writeIdle().toNanos());
		long pause = Math.clamp(shortest / 4, 10_000_000L, 1_000_000_000L);
		ctx.executor().schedule(() -> look(ctx), pause, TimeUnit.NANOSECONDS);
	}

	private void look(ChannelHandlerContext ctx) {
		this.watching = false;
		if (!ctx.channel().isActive() || this.ending) {
			return;
		}
		long now = System.nanoTime();
		if (this.refused) {
			// Nothing was asked.
			ctx.close();
			return;
		}
		String late = this.inflow.late(now, ctx.channel().config().isAutoRead());
		if (late != null) {
			giveUp(ctx, new GatewayError.RequestTimeout(late));
		}
		else if (isStuck(ctx, now)) {
			ctx.close();
		}
		else if (this.inflow.isUnderWay() || this.waiting > 0) {
			this.watching = true;
			later(ctx);
		}
	}

	/** Whether an answer has been waiting for its client for too long. */
	private boolean isStuck(ChannelHandlerContext ctx, long now) {
		ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
		long seen = (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
		seen = (buffer != null && seen > 0) ? 31 * seen + buffer.currentProgress() + 1 : 0;
		if (seen != this.waiting) {
			this.waiting = seen;
			this.moved = now;
		}
		return seen != 0 && now - this.moved > this.limits.writeIdle().toNanos();
	}

	/**
	 * Fails the body where somebody reads it, who then answers; else there is nobody to
	 * do that but the guard itself.
	 */
	private void giveUp(ChannelHandlerContext ctx, GatewayError error) {
		this.inflow.end();
		if (this.unanswered == 0) {
			end(ctx, error);
		}
		else if (this.answering) {
			ctx.close();
		}
		else {
			this.gaveUp = true;
			ctx.fireExceptionCaught(error.asException());
		}
	}

	private void end(ChannelHandlerContext ctx, GatewayError error) {
		this.ending = true;
		ctx.channel().config().setAutoRead(true);
		ClosingAnswer.send(ctx, error);
	}

}
