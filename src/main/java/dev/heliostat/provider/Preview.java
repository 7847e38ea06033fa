package dev.heliostat.provider;

import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * What a submission looks like before it is sent.
 *
 * @param method the HTTP method
 * @param url where it goes
 * @param headers headers that its provider's file names; never the credential
 * @param encoding {@code json} or {@code multipart}
 * @param body the exact body; pictures are only named, and an id that is made for each
 * submission is missing
 */
public record Preview(String method, String url, Map<String, String> headers, String encoding, JsonNode body) {
}
