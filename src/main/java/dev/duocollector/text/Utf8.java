// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/** The only encoding that JSON is read in. Jackson alone lets some other bytes pass, or replaces them. */
public final class Utf8 {

    private static final int CHUNK_CHARS = 8192;

    private Utf8() {}

    /**
     * Checks all of the bytes.
     *
     * @throws CharacterCodingException if the bytes are not UTF-8
     */
    public static void require(byte[] bytes) throws CharacterCodingException {
        CharsetDecoder decoder = UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(CHUNK_CHARS);
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            result = decoder.decode(in, out.clear(), true);
        }
        if (result.isError()) {
            result.throwException();
        }
    }
}
