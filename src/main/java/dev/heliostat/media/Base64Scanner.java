package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Reads JSON as it arrives, in pieces of any length, and takes the base64 texts of
 * members with one name out of it: the rest becomes a skeleton in which each text is
 * replaced by its index. No text is ever whole in memory.
 */
final class Base64Scanner {

	/** How much may stand around the pictures. */
	static final int SKELETON = 1024 * 1024;

	/** A text that begins with {@code data:…,} shows it within this many characters. */
	private static final int PREFIX = 128;

	private final byte[] member;

	private final ByteArrayOutputStream skeleton = new ByteArrayOutputStream(1024);

	private final ByteArrayOutputStream string = new ByteArrayOutputStream(64);

	private State state = State.OUTSIDE;

	private boolean lastStringIsMember;

	private boolean valueFollows;

	private int index = -1;

	private byte[] text = new byte[16 * 1024];

	private int textLength;

	private long textTotal;

	private boolean ended;

	private List<Part> parts = new ArrayList<>();

	Base64Scanner(String member) {
		this.member = member.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Decoded bytes of one text, in order.
	 *
	 * @param index which text, from 0
	 * @param bytes the next bytes of it; possibly none
	 */
	record Part(int index, byte[] bytes) {
	}

	/** Takes the next piece; gives what it held of the texts. */
	List<Part> feed(byte[] piece) {
		this.parts = new ArrayList<>();
		for (byte next : piece) {
			switch (this.state) {
				case OUTSIDE -> outside(next);
				case STRING -> string(next);
				case STRING_ESCAPE -> {
					copy(next);
					this.string.write(next);
					this.state = State.STRING;
				}
				case TEXT -> text(next);
				case TEXT_ESCAPE -> textEscape(next);
				case DATA_PREFIX -> {
					if (next == ',') {
						this.state = State.TEXT;
					}
				}
			}
		}
		if (this.textLength > 0 && this.textTotal > PREFIX) {
			decode(false);
		}
		return this.parts;
	}

	/** What is left when the texts are taken out. */
	byte[] skeleton() {
		if (this.state != State.OUTSIDE) {
			throw new NoPictureException("the provider's JSON is cut off");
		}
		return this.skeleton.toByteArray();
	}

	private void outside(byte next) {
		if (next == '"') {
			if (this.valueFollows) {
				this.valueFollows = false;
				beginText();
				return;
			}
			this.string.reset();
			this.state = State.STRING;
		}
		else if (next == ':') {
			this.valueFollows = this.lastStringIsMember;
		}
		else if (next > ' ') {
			this.valueFollows = false;
			this.lastStringIsMember = false;
		}
		copy(next);
	}

	private void string(byte next) {
		copy(next);
		if (next == '\\') {
			this.state = State.STRING_ESCAPE;
		}
		else if (next == '"') {
			this.lastStringIsMember = Arrays.equals(this.string.toByteArray(), this.member);
			this.state = State.OUTSIDE;
		}
		else if (this.string.size() <= this.member.length) {
			this.string.write(next);
		}
	}

	private void beginText() {
		this.index++;
		this.lastStringIsMember = false;
		this.textLength = 0;
		this.textTotal = 0;
		this.ended = false;
		this.state = State.TEXT;
		for (byte digit : Integer.toString(this.index).getBytes(StandardCharsets.US_ASCII)) {
			copy(digit);
		}
	}

	private void text(byte next) {
		switch (next) {
			case '"' -> {
				decode(true);
				this.parts.add(new Part(this.index, new byte[0]));
				this.state = State.OUTSIDE;
			}
			case '\\' -> this.state = State.TEXT_ESCAPE;
			case ' ', '\n', '\r', '\t' -> {
				// Line breaks inside base64 mean nothing.
			}
			case ':' -> {
				if (this.textTotal > PREFIX) {
					throw broken();
				}
				this.textLength = 0;
				this.textTotal = 0;
				this.state = State.DATA_PREFIX;
			}
			default -> addText(next);
		}
	}

	private void textEscape(byte next) {
		if (next == '/') {
			addText(next);
		}
		else if (next != 'n' && next != 'r' && next != 't') {
			throw broken();
		}
		this.state = State.TEXT;
	}

	private void addText(byte next) {
		if (this.textLength == this.text.length) {
			decode(false);
		}
		this.text[this.textLength++] = next;
		this.textTotal++;
	}

	/** Decodes whole groups of four; what is left over waits for more. */
	private void decode(boolean last) {
		int whole = last ? this.textLength : this.textLength / 4 * 4;
		if (whole == 0) {
			return;
		}
		if (this.ended) {
			throw broken();
		}
		try {
			byte[] decoded = Base64.getDecoder().decode(Arrays.copyOf(this.text, whole));
			this.ended = this.text[whole - 1] == '=';
			this.parts.add(new Part(this.index, decoded));
		}
		catch (IllegalArgumentException ex) {
			throw broken();
		}
		System.arraycopy(this.text, whole, this.text, 0, this.textLength - whole);
		this.textLength -= whole;
	}

	private void copy(byte next) {
		if (this.skeleton.size() >= SKELETON) {
			throw new SpoolLimitException(SKELETON);
		}
		this.skeleton.write(next);
	}

	private static NoPictureException broken() {
		return new NoPictureException("the provider's base64 is broken");
	}

	private enum State {

		OUTSIDE, STRING, STRING_ESCAPE, TEXT, TEXT_ESCAPE, DATA_PREFIX

	}

}
