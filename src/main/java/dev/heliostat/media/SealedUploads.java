package dev.heliostat.media;

import java.util.List;

import dev.heliostat.access.SecretKey;
import dev.heliostat.image.ImageSize;
import dev.heliostat.image.ImageType;
import dev.heliostat.image.InputImage;
import dev.heliostat.ledger.MediaRecord.Owner;
import reactor.core.publisher.Mono;

/**
 * Pictures that clients sent, encrypted in the media store, so that another node can use
 * them.
 */
public final class SealedUploads {

	private final MediaStore store;

	private final SecretKey secret;

	SealedUploads(MediaStore store, SecretKey secret) {
		this.store = store;
		this.secret = secret;
	}

	/**
	 * A kept picture.
	 *
	 * @param media what the media store calls it
	 * @param length its bytes, before they were encrypted
	 * @param type its format
	 * @param size its dimensions
	 */
	public record Upload(String media, long length, ImageType type, ImageSize size) {
	}

	/** Keeps a picture. */
	public Mono<Upload> keep(InputImage image, Owner owner) {
		return this.store.storeForADay(SealedContent.sealing(image.content(), this.secret), image.type(), owner)
			.flatMap(record -> this.store.add(List.of(record))
				.thenReturn(new Upload(record.id(), image.content().length(), image.type(), image.size())));
	}

	/** Opens a kept picture; fails with {@code ResultExpired} when it is gone. */
	public Mono<InputImage> open(Upload upload) {
		return this.store.find(upload.media())
			.map(found -> new InputImage(SealedContent.opening(found.content(), upload.length(), this.secret),
					upload.type(), upload.size()));
	}

	public Mono<Void> delete(Upload upload) {
		return this.store.delete(upload.media());
	}

}
