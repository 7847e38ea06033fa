package dev.heliostat.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;

import dev.heliostat.media.EgressGuard;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * The connections of clients: each gets a guard, and each address has so many of them at
 * most. The address is that of the socket, because a header says whatever one likes.
 */
final class Connections implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

	private static final String GUARD = NettyPipeline.LEFT + "heliostatGuard";

	private final LimitsProperties limits;

	private final ConcurrentHashMap<InetAddress, Integer> open = new ConcurrentHashMap<>();

	Connections(LimitsProperties limits) {
		this.limits = limits;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers(this::customize);
	}

	private HttpServer customize(HttpServer server) {
		return server
			.httpRequestDecoder(decoder -> decoder.maxHeaderSize((int) this.limits.requestHeader().toBytes())
				.maxInitialLineLength((int) this.limits.requestLine().toBytes()))
			.childOption(ChannelOption.RCVBUF_ALLOCATOR, EgressGuard.SMALL_READS)
			.doOnChannelInit((observer, channel, address) -> guard(channel));
	}

	/** Behind the codec, so that it sees requests, and before those who act on them. */
	private void guard(Channel channel) {
		if (channel.pipeline().get(NettyPipeline.HttpCodec) != null) {
			ConnectionGuard guard = new ConnectionGuard(this.limits, !admit(channel));
			channel.pipeline().addAfter(NettyPipeline.HttpCodec, GUARD, guard);
		}
	}

	private boolean admit(Channel channel) {
		int most = this.limits.connectionsPerAddress();
		if (most == 0 || !(channel.remoteAddress() instanceof InetSocketAddress socket)) {
			return true;
		}
		InetAddress address = socket.getAddress();
		int now = this.open.merge(address, 1, Integer::sum);
		channel.closeFuture()
			.addListener(closed -> this.open.computeIfPresent(address, (key, count) -> (count > 1) ? count - 1 : null));
		if (now > 2L * most) {
			// Not even told: being told takes a moment, too.
			channel.close();
		}
		return now <= most;
	}

}
