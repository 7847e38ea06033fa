package dev.heliostat.media;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import dev.heliostat.media.MemberName.Kind;

/**
 * Reads JSON as it arrives, in pieces of any length, and takes pictures out of it: the
 * base64 texts of some members, and the data URLs of some others, also where the member
 * is a list of texts. The rest becomes a skeleton in which each picture is replaced by
 * its index. No picture is ever whole in memory.
 */
final class Base64Scanner {

	/** How many pictures one body may hold. */
	static final int MOST = 64;

	/** What a data URL begins with. */
	private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);

	private final Skeleton skeleton = new Skeleton();

	private final MemberName name;

	private State state = State.OUTSIDE;

	/** What the last text was, if it was the name of a member of interest. */
	private Kind named = Kind.OTHER;

	private Kind follows = Kind.OTHER;

	private boolean inList;

	private int matched;

	private int index = -1;

	private long decoded;

	private long skipped;

	private final Base64Text text = new Base64Text();

	private boolean started;

	private List<Part> parts = new ArrayList<>();

	/**
	 * Makes a scanner.
	 * @param base64 names of members that hold base64
	 * @param urls names of members that hold URLs, of which those that begin with
	 * {@code data:} are pictures
	 */
	Base64Scanner(Collection<String> base64, Collection<String> urls) {
		this.name = new MemberName(base64, urls);
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
		for (int at = run(piece, 0); at < piece.length; at = run(piece, at)) {
			byte next = piece[at++];
			switch (this.state) {
				case OUTSIDE -> outside(next);
				case STRING -> string(next);
				case STRING_ESCAPE -> {
					this.skeleton.add(next);
					this.name.add(next);
					this.state = State.STRING;
				}
				case TEXT -> text(next);
				case TEXT_ESCAPE -> textEscape(next);
				case URL_START -> urlStart(next);
				case DATA_PREFIX -> dataPrefix(next);
			}
		}
		return this.parts;
	}

	/**
	 * Takes the bytes at once that mean nothing but themselves, where it is inside a
	 * text; nearly everything of a large body.
	 * @return where they end
	 */
	private int run(byte[] piece, int from) {
		if (this.state == State.TEXT && this.started) {
			int end = Base64Text.endOfRun(piece, from);
			for (int at = from; at < end;) {
				at += this.text.add(piece, at, end);
				if (this.text.isFull()) {
					part(this.text.decode(false));
				}
			}
			return end;
		}
		if (this.state == State.STRING) {
			int end = from;
			while (end < piece.length && piece[end] != '"' && piece[end] != '\\') {
				end++;
			}
			this.skeleton.add(piece, from, end);
			this.name.add(piece, from, end);
			return end;
		}
		return from;
	}

	/** What is left when the texts are taken out. */
	byte[] skeleton() {
		if (this.state != State.OUTSIDE) {
			throw new NoPictureException("the JSON is cut off");
		}
		return this.skeleton.bytes();
	}

	private void outside(byte next) {
		if (next == '"') {
			Kind kind = this.follows;
			this.follows = this.inList ? kind : Kind.OTHER;
			this.named = Kind.OTHER;
			switch (kind) {
				case BASE64 -> beginText();
				case URL -> {
					this.matched = 0;
					this.state = State.URL_START;
				}
				case OTHER -> {
					this.skeleton.add(next);
					this.name.begin();
					this.state = State.STRING;
				}
			}
			return;
		}
		switch (next) {
			case ':' -> this.follows = this.named;
			case '[' -> this.inList = this.follows != Kind.OTHER;
			case ',' -> this.named = Kind.OTHER;
			default -> {
				if (next > ' ') {
					this.inList = false;
					this.follows = Kind.OTHER;
					this.named = Kind.OTHER;
				}
			}
		}
		this.skeleton.add(next);
	}

	/** Only what begins with data: is a picture; any other URL stays in the skeleton. */
	private void urlStart(byte next) {
		if (next == DATA[this.matched]) {
			this.matched++;
			if (this.matched == DATA.length) {
				beginText();
				this.state = State.DATA_PREFIX;
			}
			return;
		}
		this.skeleton.add((byte) '"');
		this.skeleton.add(DATA, 0, this.matched);
		this.name.isNone();
		this.state = State.STRING;
		string(next);
	}

	/** A text that ends before its comma holds no picture. */
	private void dataPrefix(byte next) {
		if (next == '"') {
			throw Base64Text.broken();
		}
		skip();
		if (next == ',') {
			this.state = State.TEXT;
		}
	}

	private void string(byte next) {
		this.skeleton.add(next);
		if (next == '\\') {
			this.state = State.STRING_ESCAPE;
		}
		else if (next == '"') {
			this.named = this.name.kind();
			this.state = State.OUTSIDE;
		}
		else {
			this.name.add(next);
		}
	}

	private void beginText() {
		this.text.reset();
		this.started = false;
		this.state = State.TEXT;
	}

	/** A text counts from its first character: an empty one is no picture. */
	private void start() {
		this.started = true;
		this.index++;
		if (this.index >= MOST) {
			throw new NoPictureException("more than " + MOST + " pictures");
		}
		this.skeleton.add(Integer.toString(this.index));
	}

	private void endText() {
		if (this.started) {
			part(this.text.decode(true));
			this.parts.add(new Part(this.index, new byte[0]));
			this.text.reset();
		}
		else {
			this.skeleton.add("\"\"");
		}
		this.state = State.OUTSIDE;
	}

	private void text(byte next) {
		switch (next) {
			case '"' -> endText();
			case '\\' -> this.state = State.TEXT_ESCAPE;
			// Line breaks inside base64 mean nothing.
			case ' ', '\n', '\r', '\t' -> skip();
			case ':' -> {
				if (!this.text.isData()) {
					throw Base64Text.broken();
				}
				this.text.reset();
				this.state = State.DATA_PREFIX;
			}
			default -> addText(next);
		}
	}

	private void textEscape(byte next) {
		if (next == '/') {
			addText(next);
		}
		else if (next == 'n' || next == 'r' || next == 't') {
			skip();
		}
		else {
			throw Base64Text.broken();
		}
		this.state = State.TEXT;
	}

	private void addText(byte next) {
		if (!this.started) {
			start();
		}
		part(this.text.add(next));
	}

	private void part(byte[] decoded) {
		if (decoded.length > 0) {
			this.decoded += decoded.length;
			this.parts.add(new Part(this.index, decoded));
		}
	}

	/**
	 * What is no picture may not go on for ever; beside much base64 there are many lines.
	 */
	private void skip() {
		if (++this.skipped > Skeleton.MOST + this.decoded) {
			throw new SpoolLimitException(Skeleton.MOST);
		}
	}

	private enum State {

		OUTSIDE, STRING, STRING_ESCAPE, TEXT, TEXT_ESCAPE, URL_START, DATA_PREFIX

	}

}
