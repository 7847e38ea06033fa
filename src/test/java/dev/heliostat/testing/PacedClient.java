package dev.heliostat.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that takes its answer at a steady pace and not faster: what the kernel would
 * take on its own is kept small. It compares the picture as it comes and keeps nothing.
 */
public final class PacedClient {

	private static final int RECEIVED = 64 * 1024;

	private static final byte[] PICTURE = "\"b64_json\":\"".getBytes(StandardCharsets.US_ASCII);

	private final int port;

	private final long bytesPerSecond;

	/**
	 * A client of a gateway on loopback.
	 * @param bytesPerSecond how fast it reads; 0 for as fast as it can
	 */
	public PacedClient(int port, long bytesPerSecond) {
		this.port = port;
		this.bytesPerSecond = bytesPerSecond;
	}

	/**
	 * Posts pieces as one body.
	 * @param picture the base64 that must be in the answer, byte for byte
	 * @return empty when all is well, else what is wrong
	 */
	public String post(String path, String contentType, List<byte[]> body, byte[] picture) {
		try (Socket socket = new Socket()) {
			socket.setReceiveBufferSize(RECEIVED);
			socket.setSoTimeout(120_000);
			socket.connect(new InetSocketAddress("127.0.0.1", this.port), 20_000);
			OutputStream out = socket.getOutputStream();
			long length = body.stream().mapToLong(piece -> piece.length).sum();
			out.write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
					+ Gateway.LIVE_KEY + "\r\nContent-Type: " + contentType + "\r\nContent-Length: " + length
					+ "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			for (byte[] piece : body) {
				out.write(piece);
			}
			out.flush();
			InputStream in = (this.bytesPerSecond > 0) ? new Paced(socket.getInputStream(), this.bytesPerSecond)
					: new BufferedInputStream(socket.getInputStream(), RECEIVED);
			return check(in, picture);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private static String check(InputStream in, byte[] picture) throws IOException {
		String head = until(in, "\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		if (!head.startsWith("HTTP/1.1 200 ")) {
			return head + new String(in.readNBytes(2000), StandardCharsets.UTF_8);
		}
		until(in, PICTURE);
		byte[] piece = new byte[RECEIVED];
		int at = 0;
		while (at < picture.length) {
			int count = in.read(piece, 0, Math.min(piece.length, picture.length - at));
			if (count < 0) {
				return "cut off after " + at + " of " + picture.length + " characters";
			}
			if (!Arrays.equals(piece, 0, count, picture, at, at + count)) {
				return "another picture, from character " + at + " on";
			}
			at += count;
		}
		String rest = new String(in.readAllBytes(), StandardCharsets.UTF_8);
		return (rest.startsWith("\"") && rest.endsWith("}")) ? "" : "a strange end: " + rest;
	}

	private static String until(InputStream in, byte[] mark) throws IOException {
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		int matched = 0;
		while (matched < mark.length && read.size() < 20_000) {
			int next = in.read();
			if (next < 0) {
				break;
			}
			read.write(next);
			matched = (next == mark[matched]) ? matched + 1 : (next == mark[0]) ? 1 : 0;
		}
		return read.toString(StandardCharsets.UTF_8);
	}

	/** Bytes that come no faster than wanted. */
	private static final class Paced extends InputStream {

		private final InputStream source;

		private final double nanosPerByte;

		private final byte[] piece;

		private int at;

		private int end;

		private long begin;

		private long read;

		Paced(InputStream source, long bytesPerSecond) {
			this.source = source;
			this.nanosPerByte = 1e9 / bytesPerSecond;
			this.piece = new byte[(int) Math.min(16 * 1024, bytesPerSecond / 10)];
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] target, int from, int count) throws IOException {
			if (this.at == this.end && !fill()) {
				return -1;
			}
			int taken = Math.min(count, this.end - this.at);
			System.arraycopy(this.piece, this.at, target, from, taken);
			this.at += taken;
			return taken;
		}

		private boolean fill() throws IOException {
			if (this.read > 0) {
				long due = this.begin + (long) (this.read * this.nanosPerByte);
				LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
			}
			this.at = 0;
			this.end = Math.max(0, this.source.read(this.piece));
			if (this.read == 0) {
				this.begin = System.nanoTime();
			}
			this.read += this.end;
			return this.end > 0;
		}

	}

}
