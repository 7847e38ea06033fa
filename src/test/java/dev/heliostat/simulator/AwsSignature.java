package dev.heliostat.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.heliostat.simulator.Simulator.Received;

/**
 * Judges a signature of version 4 by making it anew.
 *
 * @param accessKey that it must name
 * @param secret of that key
 * @param service that it must name
 */
record AwsSignature(String accessKey, String secret, String service) {

	private static final Pattern HEADER = Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([a-z0-9-]+)/"
			+ "([a-z-]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})");

	boolean isValid(Received received) {
		Matcher header = HEADER.matcher(received.headers().getOrDefault("authorization", ""));
		String time = received.headers().getOrDefault("x-amz-date", "");
		if (!header.matches() || !header.group(1).equals(this.accessKey) || !header.group(4).equals(this.service)
				|| !time.matches(header.group(2) + "T\\d{6}Z")) {
			return false;
		}
		List<String> signed = List.of(header.group(5).split(";"));
		String hash = hash(received.bytes());
		if (!signed.contains("host") || !signed.contains("x-amz-date")
				|| !received.headers().getOrDefault("x-amz-content-sha256", hash).equals(hash)) {
			return false;
		}
		String headers = signed.stream()
			.map(name -> name + ":" + received.headers().getOrDefault(name, "").strip().replaceAll(" +", " ") + "\n")
			.collect(Collectors.joining());
		String canonical = String.join("\n", received.method(), path(received.plainPath()), query(received.path()),
				headers, header.group(5), hash);
		String scope = String.join("/", header.group(2), header.group(3), this.service, "aws4_request");
		String text = String.join("\n", "AWS4-HMAC-SHA256", time, scope,
				hash(canonical.getBytes(StandardCharsets.UTF_8)));
		byte[] key = ("AWS4" + this.secret).getBytes(StandardCharsets.UTF_8);
		for (String piece : scope.split("/")) {
			key = hmac(key, piece);
		}
		return HexFormat.of().formatHex(hmac(key, text)).equals(header.group(6));
	}

	/** The path as it came, encoded once more: only S3 leaves that out. */
	private static String path(String path) {
		return Arrays.stream(path.split("/", -1)).map(AwsSignature::encoded).collect(Collectors.joining("/"));
	}

	private static String query(String path) {
		int mark = path.indexOf('?');
		return (mark < 0) ? ""
				: Arrays.stream(path.substring(mark + 1).split("&"))
					.map(field -> (field + "=").split("=", -1))
					.map(field -> again(field[0]) + "=" + again(field[1]))
					.sorted()
					.collect(Collectors.joining("&"));
	}

	private static String again(String text) {
		return encoded(URLDecoder.decode(text, StandardCharsets.UTF_8));
	}

	private static String encoded(String text) {
		StringBuilder result = new StringBuilder();
		for (byte character : text.getBytes(StandardCharsets.UTF_8)) {
			boolean plain = Character.toString((char) (character & 0xff)).matches("[A-Za-z0-9_.~-]");
			result.append(plain ? Character.toString((char) character) : "%%%02X".formatted(character & 0xff));
		}
		return result.toString();
	}

	private static String hash(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
