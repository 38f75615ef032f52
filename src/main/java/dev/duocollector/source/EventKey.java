// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The event key: it identifies an event in whatever page it comes and however its JSON is laid out.
 *
 * <p>The key is the first 16 bytes of the SHA-256 over the event's {@linkplain CanonicalJson canonical JSON}, in Base64 for
 * URLs without padding: 22 characters. Every member counts, since Duo's {@code telephony_id} is not unique: the test data of
 * <a href="https://github.com/duosecurity/duo_log_sync">duo_log_sync</a> has three events of one {@code telephony_id} and
 * {@code ts}. The keys of earlier runs are in the state, so what this class returns for an event must never change.
 */
public final class EventKey {

    private static final int BYTES = 16;

    /** Cloned for each use, which costs less than looking up the algorithm's provider. */
    private static final MessageDigest SHA_256 = newSha256();

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private EventKey() {}

    /** Returns the key of an event, given as one valid JSON object in UTF-8. */
    static String of(byte[] event) {
        return ENCODER.encodeToString(Arrays.copyOf(sha256(CanonicalJson.of(event)), BYTES));
    }

    public static byte[] sha256(byte[] bytes) {
        return sha256(ByteBuffer.wrap(bytes));
    }

    private static byte[] sha256(ByteBuffer bytes) {
        MessageDigest digest = freshSha256();
        digest.update(bytes);
        return digest.digest();
    }

    private static MessageDigest freshSha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            // The provider's digests live in hardware.
            return newSha256();
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 belongs to every Java platform", e);
        }
    }
}
