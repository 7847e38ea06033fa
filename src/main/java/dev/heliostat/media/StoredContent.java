package dev.heliostat.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import dev.heliostat.image.ImageContent;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * A file of the media store as content; each reading opens the file for itself.
 *
 * @param path the file
 * @param length its length
 * @param disk threads that may wait for the disk
 */
record StoredContent(Path path, long length, Scheduler disk) implements ImageContent {

	@Override
	public Flux<DataBuffer> read(long from, long count) {
		return Flux
			.using(() -> FileChannel.open(this.path, StandardOpenOption.READ),
					channel -> FileReading.of(channel, from, count), StoredContent::close)
			.subscribeOn(this.disk);
	}

	private static void close(FileChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The file belongs to the store, which deletes it in its time. */
	@Override
	public void release() {
	}

}
