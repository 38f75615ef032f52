// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.source.CanonicalRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The form in which Duo wants a request signed: the lines of the {@link CanonicalRequest} and the HMAC over them.
 *
 * <p>Duo describes it at https://duo.com/docs/adminapi (section "Authentication"); what counts here are the known answers of
 * its own client (https://github.com/duosecurity/duo_client_python, {@code tests/test_client.py}, read 2026-11-23).
 */
public enum SignatureVersion {
    /** Seven lines, HMAC-SHA512: what Duo's own clients send. */
    V5("HmacSHA512"),
    /** Five lines, HMAC-SHA1: Duo's older form, for proxies that know no other. */
    V2("HmacSHA1");

    private final String algorithm;

    SignatureVersion(String algorithm) {
        this.algorithm = algorithm;
    }

    /**
     * Reads the setting {@code duo.signature}.
     *
     * @throws IllegalArgumentException if it is neither {@code v5} nor {@code v2}
     */
    public static SignatureVersion parse(String value) {
        return switch (value) {
            case "v5" -> V5;
            case "v2" -> V2;
            default ->
                throw new IllegalArgumentException("duo.signature is \"" + value
                        + "\"; allowed are v5 (HMAC-SHA512) and v2 (HMAC-SHA1). Set it to v5.");
        };
    }

    /** Returns the HMAC of the text's UTF-8 bytes as lower-case hexadecimal digits. */
    public String sign(String secretKey, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), algorithm));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "This JVM has no " + algorithm + "; run the collector on a standard one.", e);
        }
    }
}
