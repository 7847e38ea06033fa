package dev.heliostat.provider;

import java.net.URI;

import reactor.netty.http.client.HttpClient;

/**
 * Where requests go, with everything that is the same in each of them.
 *
 * @param method the HTTP method
 * @param template the path as the provider's file has it
 * @param url where it is
 * @param sender sends to it, with the credential and the headers that do not change
 */
record Endpoint(String method, String template, URI url, HttpClient.RequestSender sender) {
}
