package dev.heliostat.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * A server that speaks S3, in a process of its own: s3proxy, which keeps objects in a
 * temporary directory.
 */
public final class S3Server implements AutoCloseable {

	public static final String BUCKET = "pictures";

	private static final String ACCESS_KEY = "access-of-the-tests";

	private static final String SECRET_KEY = "secret-of-the-tests-0001";

	private final Process process;

	private final String endpoint;

	private S3Server(Process process, String endpoint) {
		this.process = process;
		this.endpoint = endpoint;
	}

	public static S3Server start() {
		try {
			int port = freePort();
			String endpoint = "http://127.0.0.1:" + port;
			Path directory = Files.createTempDirectory("s3proxy");
			Path objects = Files.createDirectories(directory.resolve("objects"));
			Path settings = Files.writeString(directory.resolve("s3proxy.conf"), """
					s3proxy.endpoint=%s
					s3proxy.authorization=aws-v2-or-v4
					s3proxy.identity=%s
					s3proxy.credential=%s
					s3proxy.v4-max-non-chunked-request-size=134217728
					s3proxy.ignore-unknown-headers=true
					jclouds.provider=filesystem
					jclouds.filesystem.basedir=%s
					jclouds.identity=local
					jclouds.credential=local
					""".formatted(endpoint, ACCESS_KEY, SECRET_KEY, objects));
			Path output = directory.resolve("s3proxy.log");
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp",
					System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
					"org.gaul.s3proxy.Main", "--properties", settings.toString())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			S3Server server = new S3Server(process, endpoint);
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> isOpen(port) || !process.isAlive());
			if (!process.isAlive()) {
				throw new IllegalStateException(Files.readString(output));
			}
			server.makeBucket();
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static boolean isOpen(int port) {
		try (Socket socket = new Socket("127.0.0.1", port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void makeBucket() {
		try (S3AsyncClient client = S3AsyncClient.builder()
			.region(Region.US_EAST_1)
			.endpointOverride(URI.create(this.endpoint))
			.forcePathStyle(true)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
			.build()) {
			client.createBucket(create -> create.bucket(BUCKET)).join();
		}
	}

	public String endpoint() {
		return this.endpoint;
	}

	/** The arguments with which a gateway keeps its pictures here. */
	public List<String> arguments() {
		return List.of("--heliostat.media.s3.bucket=" + BUCKET, "--heliostat.media.s3.endpoint=" + this.endpoint,
				"--heliostat.media.s3.access-key=" + ACCESS_KEY, "--heliostat.media.s3.secret-key=" + SECRET_KEY,
				"--heliostat.media.s3.path-style=true");
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
