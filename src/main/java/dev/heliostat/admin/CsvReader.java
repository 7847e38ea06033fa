package dev.heliostat.admin;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.heliostat.image.GatewayError;

/**
 * Reads a table piece by piece as it comes, and holds one row of it. Cells are separated
 * by whichever of comma, semicolon and tab the first row has most of.
 */
final class CsvReader {

	private static final int LONGEST_CELL = 4096;

	private static final int MOST_CELLS = 200;

	private static final int MOST_ROW = 32_768;

	private final Consumer<List<String>> rows;

	private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
		.onMalformedInput(CodingErrorAction.REPORT)
		.onUnmappableCharacter(CodingErrorAction.REPORT);

	private final StringBuilder row = new StringBuilder();

	private ByteBuffer rest = ByteBuffer.allocate(0);

	private boolean quoted;

	private char separator;

	private long line = 1;

	CsvReader(Consumer<List<String>> rows) {
		this.rows = rows;
	}

	/** The number of the line at hand, for messages. */
	long line() {
		return this.line;
	}

	void add(ByteBuffer bytes) {
		ByteBuffer all = ByteBuffer.allocate(this.rest.remaining() + bytes.remaining())
			.put(this.rest)
			.put(bytes)
			.flip();
		CharBuffer chars = CharBuffer.allocate(all.remaining() + 1);
		if (this.decoder.decode(all, chars, false).isError()) {
			throw invalid("not UTF-8 text");
		}
		this.rest = all;
		chars.flip();
		while (chars.hasRemaining()) {
			add(chars.get());
		}
	}

	/** Reads what is left. */
	void end() {
		if (this.rest.hasRemaining()) {
			throw invalid("not UTF-8 text");
		}
		if (this.quoted) {
			throw invalid("a quote is not closed");
		}
		endRow();
	}

	private void add(char letter) {
		if (letter == '"') {
			this.quoted = !this.quoted;
		}
		if (letter == '\n' && !this.quoted) {
			endRow();
			this.line++;
			return;
		}
		if (this.row.length() >= MOST_ROW) {
			throw invalid("a row of more than " + MOST_ROW + " characters");
		}
		this.row.append(letter);
	}

	private void endRow() {
		String text = this.row.toString().strip();
		this.row.setLength(0);
		if (text.startsWith("\uFEFF")) {
			text = text.substring(1);
		}
		if (!text.isEmpty()) {
			if (this.separator == 0) {
				this.separator = separator(text);
			}
			this.rows.accept(cells(text));
		}
	}

	private static char separator(String head) {
		char best = ',';
		for (char candidate : new char[] { ';', '\t' }) {
			if (count(head, candidate) > count(head, best)) {
				best = candidate;
			}
		}
		return best;
	}

	private static long count(String text, char letter) {
		return text.chars().filter(each -> each == letter).count();
	}

	private List<String> cells(String text) {
		List<String> cells = new ArrayList<>();
		StringBuilder cell = new StringBuilder();
		boolean inside = false;
		for (int i = 0; i < text.length(); i++) {
			char letter = text.charAt(i);
			if (inside && letter == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
				cell.append('"');
				i++;
			}
			else if (letter == '"') {
				inside = !inside;
			}
			else if (letter == this.separator && !inside) {
				cells.add(checked(cell, cells.size()));
				cell.setLength(0);
			}
			else {
				cell.append(letter);
			}
		}
		cells.add(checked(cell, cells.size()));
		return cells;
	}

	private String checked(StringBuilder cell, int index) {
		if (cell.length() > LONGEST_CELL) {
			throw invalid("a cell of " + cell.length() + " characters (expected: at most " + LONGEST_CELL + ")");
		}
		if (index >= MOST_CELLS) {
			throw invalid("more than " + MOST_CELLS + " columns");
		}
		return cell.toString().strip();
	}

	RuntimeException invalid(String problem) {
		return new GatewayError.InvalidValue("invoice", "invoice, line " + this.line + ": " + problem).asException();
	}

}
