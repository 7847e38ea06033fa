package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * A text of a JSON body that may turn out to be the name of a member with pictures. No
 * more of it is kept than the longest of these names has.
 */
final class MemberName {

	private final Collection<String> base64;

	private final Collection<String> urls;

	private final int longest;

	private final ByteArrayOutputStream text = new ByteArrayOutputStream(64);

	MemberName(Collection<String> base64, Collection<String> urls) {
		this.base64 = base64;
		this.urls = urls;
		this.longest = Math.max(longest(base64), longest(urls));
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
		this.text.reset();
	}

	/** Takes a character; the first one beyond the longest name shows that it is none. */
	void add(byte next) {
		if (this.text.size() <= this.longest) {
			this.text.write(next);
		}
	}

	void add(byte[] from, int begin, int end) {
		this.text.write(from, begin, Math.clamp(this.longest + 1L - this.text.size(), 0, end - begin));
	}

	/** The text is a value, whatever it says. */
	void isNone() {
		begin();
		for (int i = 0; i <= this.longest; i++) {
			this.text.write('-');
		}
	}

	Kind kind() {
		String name = this.text.toString(StandardCharsets.UTF_8);
		return this.base64.contains(name) ? Kind.BASE64 : this.urls.contains(name) ? Kind.URL : Kind.OTHER;
	}

}
