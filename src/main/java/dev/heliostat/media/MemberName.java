package dev.heliostat.media;

import java.util.Collection;

/**
 * A text of a JSON body that may turn out to be the name of a member with pictures. No
 * more of it is kept than the longest of these names has.
 */
final class MemberName {

	private final Collection<String> base64;

	private final Collection<String> urls;

	/** Room for one byte more than the longest name: such a text is none. */
	private final byte[] text;

	private int length;

	MemberName(Collection<String> base64, Collection<String> urls) {
		this.base64 = base64;
		this.urls = urls;
		this.text = new byte[Math.max(longest(base64), longest(urls)) + 1];
	}

	private static int longest(Collection<String> names) {
		int longest = 0;
		for (String name : names) {
			longest = Math.max(longest, name.length());
		}
		return longest;
	}

	/** What a member of a name holds. */
	enum Kind {

		BASE64, URL, OTHER

	}

	/** Another text begins. */
	void begin() {
		this.length = 0;
	}

	/** Takes a character; the first one beyond the longest name shows that it is none. */
	void add(byte next) {
		if (this.length < this.text.length) {
			this.text[this.length++] = next;
		}
	}

	void add(byte[] from, int begin, int end) {
		int taken = Math.min(this.text.length - this.length, end - begin);
		System.arraycopy(from, begin, this.text, this.length, taken);
		this.length += taken;
	}

	/** The text is a value, whatever it says. */
	void isNone() {
		this.length = this.text.length;
	}

	Kind kind() {
		return isOneOf(this.base64) ? Kind.BASE64 : isOneOf(this.urls) ? Kind.URL : Kind.OTHER;
	}

	private boolean isOneOf(Collection<String> names) {
		for (String name : names) {
			if (is(name)) {
				return true;
			}
		}
		return false;
	}

	/** Names are ASCII. */
	private boolean is(String name) {
		if (name.length() != this.length) {
			return false;
		}
		for (int i = 0; i < this.length; i++) {
			if (name.charAt(i) != this.text[i]) {
				return false;
			}
		}
		return true;
	}

}
