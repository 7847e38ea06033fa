package dev.heliostat.media;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The command line of libvips, in a process of its own for each picture: a codec in C
 * that fails takes nothing else with it. It runs without a shell, without the gateway's
 * environment, for a limited time, and writes a limited file beside the spool's.
 */
final class Vips {

	private static final long GLANCE = 100;

	private static final int LONGEST_REASON = 500;

	private final Optional<Path> program;

	private final Path directory;

	private final Duration patience;

	/**
	 * Looks for the program.
	 * @param command a path, or a name that is on the {@code PATH}
	 * @param directory where files may be put
	 * @param patience how long one picture may take
	 */
	Vips(String command, Path directory, Duration patience) {
		this.program = find(command);
		this.directory = directory;
		this.patience = patience;
	}

	private static Optional<Path> find(String command) {
		if (command.isEmpty()) {
			return Optional.empty();
		}
		List<Path> candidates = command.contains(File.separator) ? List.of(Path.of(command))
				: Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
					.map(place -> Path.of(place, command))
					.toList();
		return candidates.stream().filter(Files::isExecutable).findFirst().map(Path::toAbsolutePath);
	}

	boolean isInstalled() {
		return this.program.isPresent();
	}

	/** Encodes a PNG as AVIF. */
	byte[] toAvif(byte[] png, int quality, long cap) throws IOException {
		Path in = Files.createTempFile(this.directory, "vips", ".png");
		try {
			Files.write(in, png);
			return run(in, ".avif", cap, "heifsave", "--compression", "av1", "--Q",
					Integer.toString(Math.clamp(quality, 1, 100)));
		}
		finally {
			Files.deleteIfExists(in);
		}
	}

	/** Decodes AVIF to a PNG. */
	byte[] toPng(InputStream avif, long cap) throws IOException {
		Path in = Files.createTempFile(this.directory, "vips", ".avif");
		try {
			try (avif) {
				Files.copy(avif, in, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
			}
			return run(in, ".png", cap, "pngsave", "--compression", "1");
		}
		finally {
			Files.deleteIfExists(in);
		}
	}

	private byte[] run(Path in, String extension, long cap, String operation, String... options) throws IOException {
		Path out = Files.createTempFile(this.directory, "vips", extension);
		Path words = Files.createTempFile(this.directory, "vips", ".txt");
		try {
			List<String> command = new ArrayList<>(
					List.of(this.program.orElseThrow().toString(), operation, in.toString(), out.toString()));
			command.addAll(List.of(options));
			ProcessBuilder builder = new ProcessBuilder(command).directory(this.directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(words.toFile());
			environment(builder.environment());
			await(builder.start(), out, cap, words);
			return Files.readAllBytes(out);
		}
		finally {
			Files.deleteIfExists(out);
			Files.deleteIfExists(words);
		}
	}

	private void environment(Map<String, String> environment) {
		environment.keySet().retainAll(List.of("PATH", "LD_LIBRARY_PATH"));
		environment.put("LC_ALL", "C");
		environment.put("TMPDIR", this.directory.toString());
		environment.put("VIPS_CONCURRENCY", "1");
		environment.put("VIPS_BLOCK_UNTRUSTED", "1");
	}

	private void await(Process process, Path out, long cap, Path words) throws IOException {
		long end = System.nanoTime() + this.patience.toNanos();
		try {
			process.getOutputStream().close();
			while (!process.waitFor(GLANCE, TimeUnit.MILLISECONDS)) {
				if (System.nanoTime() > end) {
					throw new IOException("vips took longer than " + this.patience.toSeconds() + " s");
				}
				check(out, cap);
				check(words, cap);
			}
			check(out, cap);
			if (process.exitValue() != 0 || Files.size(out) == 0) {
				throw new IOException("vips ended with " + process.exitValue() + ": " + reason(words));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted", ex);
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

	private static void check(Path file, long cap) throws IOException {
		if (Files.size(file) > cap) {
			throw new IOException("vips wrote more than " + cap + " bytes");
		}
	}

	private static String reason(Path words) throws IOException {
		try (InputStream stream = Files.newInputStream(words)) {
			return new String(stream.readNBytes(LONGEST_REASON), StandardCharsets.UTF_8).replaceAll("\\s+", " ")
				.strip();
		}
	}

}
