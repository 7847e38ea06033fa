package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A connection to a gateway that says exactly what a test says, and takes only what it
 * wants.
 */
public final class RawConnection implements AutoCloseable {

	private final Socket socket = new Socket();

	/** Connects; what the kernel takes on its own is kept small. */
	public RawConnection(Gateway gateway) {
		try {
			this.socket.setReceiveBufferSize(16 * 1024);
			this.socket.setSoTimeout(20_000);
			this.socket.setTcpNoDelay(true);
			this.socket.connect(new InetSocketAddress("127.0.0.1", URI.create(gateway.url()).getPort()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The head of a POST with a live key. */
	public static String post(String path, String... headers) {
		StringBuilder head = new StringBuilder(
				"POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Gateway.LIVE_KEY + "\r\n");
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		return head.append("\r\n").toString();
	}

	public RawConnection send(String text) {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	public RawConnection send(byte[] bytes) {
		try {
			this.socket.getOutputStream().write(bytes);
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Everything until the gateway closes. */
	public String readAll() {
		return new String(readUntilClosed(), StandardCharsets.UTF_8);
	}

	/** Everything until the gateway closes, or breaks the connection. */
	public byte[] readUntilClosed() {
		java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
		byte[] piece = new byte[16 * 1024];
		try {
			int count = this.socket.getInputStream().read(piece);
			while (count >= 0) {
				all.write(piece, 0, count);
				count = this.socket.getInputStream().read(piece);
			}
		}
		catch (java.net.SocketTimeoutException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (IOException reset) {
			// What came before counts.
		}
		return all.toByteArray();
	}

	/** Some bytes; fewer where the connection ends. */
	public String read(int count) {
		try {
			return new String(this.socket.getInputStream().readNBytes(count), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
