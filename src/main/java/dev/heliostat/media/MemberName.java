package dev.heliostat.media;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A text of a JSON body that may turn out to be the name of a member with pictures. No
 * more of it is kept than the longest of these names has.
 */
final class MemberName {

	private final Set<String> base64;

	private final Set<String> urls;

	private final int longest;

	private final ByteArrayOutputStream text = new ByteArrayOutputStream(64);

	MemberName(Collection<String> base64, Collection<String> urls) {
		this.base64 = Set.copyOf(base64);
		this.urls = Set.copyOf(urls);
		this.longest = Stream.concat(base64.stream(), urls.stream()).mapToInt(String::length).max().orElse(0);
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
