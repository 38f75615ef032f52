// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The one form of a query string that is both signed and sent, so that no two encoders can disagree about it.
 *
 * <p>Keys and values are percent-encoded as RFC 3986 has it: {@code A-Z a-z 0-9 - _ . ~} stay, every other byte of the
 * UTF-8 form becomes {@code %XX} with upper-case digits, a blank {@code %20}. Pairs are sorted by encoded key, those of one
 * key by encoded value. The rule is Duo's (https://duo.com/docs/adminapi, section "Authentication"), and OAuth 1.0's (RFC
 * 5849, section 3.4.1.3.2).
 */
public final class CanonicalQuery {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private CanonicalQuery() {}

    /** Returns the canonical form of parameters with one value each; empty if there are none. */
    public static String encode(Map<String, String> parameters) {
        return encode(parameters.entrySet());
    }

    /** Returns the canonical form of the pairs, which may name a key several times, in whatever order they come. */
    public static String encode(Collection<Map.Entry<String, String>> pairs) {
        return pairs.stream()
                .map(pair -> Map.entry(percentEncode(pair.getKey()), percentEncode(pair.getValue())))
                // Not the joined strings: in them "foo-bar=" would come before "foo=".
                .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
                .map(pair -> pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining("&"));
    }

    private static String percentEncode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0 && UNRESERVED.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
