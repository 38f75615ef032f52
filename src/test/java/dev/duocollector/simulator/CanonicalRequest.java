// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The lines that Duo signs, written from Duo's documentation and not from the collector's signer, so that the two can
 * disagree. See https://duo.com/docs/adminapi#authentication.
 *
 * @param date the Date header, byte for byte
 * @param host without port
 * @param canonicalQuery {@link QueryString#canonical()}
 */
record CanonicalRequest(String date, String method, String host, String path, String canonicalQuery, String body) {

    /** A form of Duo's signature that a simulator accepts. */
    enum Version {
        /** Five lines, HMAC-SHA1 or HMAC-SHA512. */
        V2,
        /** Seven lines, HMAC-SHA512. */
        V5
    }

    /** Returns the five lines of signature version 2. */
    String v2() {
        return String.join(
                "\n", date, method.toUpperCase(Locale.ROOT), host.toLowerCase(Locale.ROOT), path, canonicalQuery);
    }

    /** Returns the seven lines of signature version 5; the last one is that of a request without x-duo headers. */
    String v5() {
        return String.join("\n", v2(), sha512(body), sha512(""));
    }

    /** Returns every signature that the version has for this request. */
    List<String> signatures(Version version, String skey) {
        return switch (version) {
            case V2 -> List.of(sign("HmacSHA1", skey, v2()), sign("HmacSHA512", skey, v2()));
            case V5 -> List.of(sign("HmacSHA512", skey, v5()));
        };
    }

    /**
     * Returns the signature in lower-case hexadecimal digits.
     *
     * @param algorithm HmacSHA512, or HmacSHA1
     */
    static String sign(String algorithm, String skey, String lines) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(skey.getBytes(UTF_8), algorithm));
            return HexFormat.of().formatHex(mac.doFinal(lines.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + algorithm, e);
        }
    }

    private static String sha512(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-512");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has SHA-512", e);
        }
    }
}
