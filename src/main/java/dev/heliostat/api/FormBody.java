package dev.heliostat.api;

import java.io.InputStream;

import org.apache.commons.fileupload.UploadContext;

/**
 * A body as the parser of forms wants it.
 *
 * @param stream the bytes
 * @param contentType with the boundary
 */
record FormBody(InputStream stream, String contentType) implements UploadContext {

	@Override
	public String getCharacterEncoding() {
		return "UTF-8";
	}

	@Override
	public String getContentType() {
		return this.contentType;
	}

	/** Not known: chunked bodies come too, so the size is watched while reading. */
	@Override
	public int getContentLength() {
		return -1;
	}

	@Override
	public long contentLength() {
		return -1;
	}

	@Override
	public InputStream getInputStream() {
		return this.stream;
	}

}
