package dev.heliostat.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that takes connections and resets each of them when a request arrives, before
 * a byte of it was read.
 */
public final class ResettingServer implements AutoCloseable {

	private final AtomicInteger requests = new AtomicInteger();

	private final ServerSocketChannel server;

	private final Selector selector;

	public ResettingServer() {
		try {
			this.selector = Selector.open();
			this.server = ServerSocketChannel.open();
			this.server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
			this.server.register(this.selector, SelectionKey.OP_ACCEPT);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread.ofPlatform().daemon().name("resetting-server").start(this::serve);
	}

	private void serve() {
		try {
			while (this.server.isOpen()) {
				this.selector.select(this::ready);
			}
		}
		catch (IOException | ClosedSelectorException ex) {
			// It was closed.
		}
	}

	private void ready(SelectionKey key) {
		try {
			if (key.isAcceptable()) {
				SocketChannel connection = this.server.accept();
				connection.configureBlocking(false);
				connection.register(this.selector, SelectionKey.OP_READ);
				return;
			}
			this.requests.incrementAndGet();
			// What is closed unread, and at once, is reset.
			try (SocketChannel connection = (SocketChannel) key.channel()) {
				connection.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The server's origin. */
	public String origin() {
		return "http://127.0.0.1:" + this.server.socket().getLocalPort();
	}

	/** Requests that arrived, none of which was read. */
	public int requests() {
		return this.requests.get();
	}

	@Override
	public void close() {
		try {
			this.selector.close();
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
