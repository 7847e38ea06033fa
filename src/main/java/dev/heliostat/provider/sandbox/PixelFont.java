package dev.heliostat.provider.sandbox;

import java.awt.Graphics2D;
import java.util.HexFormat;

/**
 * A 5 x 7 font of its own: a minimal container has no fonts, and the same text must give
 * the same pixels everywhere.
 */
final class PixelFont {

	/** Columns of a character and the gap after it. */
	static final int ADVANCE = 6;

	/** Rows of a character and the gap below it. */
	static final int LINE = 10;

	/** Five columns for each character from space to tilde, the lowest bit on top. */
	private static final byte[] COLUMNS = HexFormat.of()
		.parseHex("0000000000" + "00005F0000" + "0007000700" + "147F147F14" + "242A7F2A12" + "2313086462" + "3649552250"
				+ "0005030000" + "001C224100" + "0041221C00" + "14083E0814" + "08083E0808" + "0050300000" + "0808080808"
				+ "0060600000" + "2010080402" + "3E5149453E" + "00427F4000" + "4261514946" + "2141454B31" + "1814127F10"
				+ "2745454539" + "3C4A494930" + "0171090503" + "3649494936" + "064949291E" + "0036360000" + "0056360000"
				+ "0814224100" + "1414141414" + "0041221408" + "0201510906" + "324979413E" + "7E1111117E" + "7F49494936"
				+ "3E41414122" + "7F4141221C" + "7F49494941" + "7F09090901" + "3E4149497A" + "7F0808087F" + "00417F4100"
				+ "2040413F01" + "7F08142241" + "7F40404040" + "7F020C027F" + "7F0408107F" + "3E4141413E" + "7F09090906"
				+ "3E4151215E" + "7F09192946" + "4649494931" + "01017F0101" + "3F4040403F" + "1F2040201F" + "3F4038403F"
				+ "6314081463" + "0708700807" + "6151494543" + "007F414100" + "0204081020" + "0041417F00" + "0402010204"
				+ "4040404040" + "0001020400" + "2054545478" + "7F48444438" + "3844444420" + "384444487F" + "3854545418"
				+ "087E090102" + "0C5252523E" + "7F08040478" + "00447D4000" + "2040443D00" + "7F10284400" + "00417F4000"
				+ "7C04180478" + "7C08040478" + "3844444438" + "7C14141408" + "081414187C" + "7C08040408" + "4854545420"
				+ "043F444020" + "3C4040207C" + "1C2040201C" + "3C4030403C" + "4428102844" + "0C5050503C" + "4464544C44"
				+ "0008364100" + "00007F0000" + "0041360800" + "1008081008");

	/** Drawn for characters that the font does not have. */
	private static final byte[] BOX = { 0x7f, 0x41, 0x41, 0x41, 0x7f };

	private PixelFont() {
	}

	/**
	 * Draws a text with its upper left corner at a point, each dot a square of a given
	 * side.
	 */
	static void draw(Graphics2D graphics, String text, int x, int y, int dot) {
		int left = x;
		for (int character : text.codePoints().toArray()) {
			for (int column = 0; column < 5; column++) {
				int bits = bits(character, column);
				for (int row = 0; row < 7; row++) {
					if ((bits >> row & 1) == 1) {
						graphics.fillRect(left + column * dot, y + row * dot, dot, dot);
					}
				}
			}
			left += ADVANCE * dot;
		}
	}

	private static int bits(int character, int column) {
		boolean known = character >= ' ' && character <= '~';
		return known ? COLUMNS[(character - ' ') * 5 + column] : BOX[column];
	}

}
