package dev.heliostat.admin;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.heliostat.ledger.DataDirectory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends any number of lines in constant memory, at the pace of whoever reads them.
 */
final class Exports {

	/** Lines that are sent together. */
	private static final int TOGETHER = 16;

	private static final int PIECE = 16 * 1024;

	private final DataDirectory directory;

	Exports(DataDirectory directory) {
		this.directory = directory;
	}

	/** Sends lines as they come. */
	static Mono<ServerResponse> send(String name, ExportFormat format, List<String> columns, Flux<ObjectNode> lines) {
		Flux<DataBuffer> body = lines.map(line -> format.line(columns, line))
			.buffer(TOGETHER)
			.map(some -> String.join("", some))
			.startWith(format.head(columns))
			.filter(text -> !text.isEmpty())
			.map(text -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
		return answer(name, format, body);
	}

	/**
	 * Sends lines from a source that must not wait for a reader: they go to a file first,
	 * which has no name any more when it is sent.
	 * @param source gives all lines to a consumer
	 */
	Mono<ServerResponse> spool(String name, ExportFormat format, List<String> columns,
			Function<Consumer<ObjectNode>, Mono<Void>> source) {
		return Mono
			.usingWhen(Mono.fromCallable(this::file).subscribeOn(Schedulers.boundedElastic()),
					file -> source.apply(line -> file.write(format.line(columns, line)))
						.then(Mono.fromCallable(file::open).subscribeOn(Schedulers.boundedElastic())),
					file -> Mono.fromRunnable(file::delete).subscribeOn(Schedulers.boundedElastic()))
			.flatMap(channel -> answer(name, format, Flux.just(format.head(columns))
				.filter(text -> !text.isEmpty())
				.<DataBuffer>map(
						text -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)))
				.concatWith(DataBufferUtils.readAsynchronousFileChannel(() -> channel,
						DefaultDataBufferFactory.sharedInstance, PIECE))));
	}

	private static Mono<ServerResponse> answer(String name, ExportFormat format, Flux<DataBuffer> body) {
		return ServerResponse.ok()
			.contentType(format.type())
			.header("content-disposition",
					"attachment; filename=\"" + name + ((format == ExportFormat.CSV) ? ".csv\"" : ".jsonl\""))
			.header("x-content-type-options", "nosniff")
			.body(BodyInserters.fromDataBuffers(body));
	}

	private SpoolFile file() throws IOException {
		Path path = Files.createTempFile(this.directory.directory("exports"), "export", ".tmp");
		return new SpoolFile(path, Files.newBufferedWriter(path));
	}

	/** Lines on their way; gone with the process. */
	private record SpoolFile(Path path, BufferedWriter writer) {

		void write(String line) {
			try {
				this.writer.write(line);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		AsynchronousFileChannel open() throws IOException {
			this.writer.close();
			return AsynchronousFileChannel.open(this.path, StandardOpenOption.READ);
		}

		void delete() {
			try (BufferedWriter closing = this.writer) {
				Files.deleteIfExists(this.path);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
