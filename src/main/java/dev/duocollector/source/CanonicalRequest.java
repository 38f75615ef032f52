// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.SignatureVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A request as Duo's server and its caller both write it down before they take the HMAC over it.
 *
 * <p>The text is these lines, joined by a line feed, with none at the end; version 2 ends after the fifth:
 *
 * <pre>
 * Tue, 21 Aug 2012 17:29:18 -0000     the Date header, byte for byte
 * GET
 * api-xxxxxxxx.duosecurity.com        the Host header in lower case, without a port
 * /admin/v2/logs/telephony
 * limit=1000&amp;mintime=1345543200000    the {@link CanonicalQuery}
 * cf83e135...                         SHA-512 of the body
 * cf83e135...                         SHA-512 of the X-Duo headers: name 0 value 0 name 0 value
 * </pre>
 *
 * @param duoHeaders the request's headers with names that begin with X-Duo, in any case and order
 */
public record CanonicalRequest(
        String date,
        String method,
        String host,
        String path,
        String query,
        String body,
        Map<String, String> duoHeaders) {

    /** Brings method, host and header names into their canonical case. */
    public CanonicalRequest {
        method = method.toUpperCase(Locale.ROOT);
        host = host.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
        TreeMap<String, String> sorted = new TreeMap<>();
        duoHeaders.forEach((name, value) -> sorted.put(name.toLowerCase(Locale.ROOT), value));
        duoHeaders = sorted;
    }

    /** Returns a GET, which has no body, without X-Duo headers. */
    public static CanonicalRequest get(String date, String host, String path, String query) {
        return new CanonicalRequest(date, "GET", host, path, query, "", Map.of());
    }

    /** Returns the lines to sign. */
    public String text(SignatureVersion version) {
        String common = String.join("\n", date, method, host, path, query);
        return switch (version) {
            case V2 -> common;
            case V5 -> String.join("\n", common, sha512(body), sha512(headerText()));
        };
    }

    private String headerText() {
        return duoHeaders.entrySet().stream()
                .map(header -> header.getKey() + "\0" + header.getValue())
                .collect(Collectors.joining("\0"));
    }

    private static String sha512(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-512").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JVM has no SHA-512; run the collector on a standard one.", e);
        }
    }
}
