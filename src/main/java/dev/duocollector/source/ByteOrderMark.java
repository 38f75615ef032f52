// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import java.util.Arrays;

/** The mark of UTF-8 that some programs put in front of a text; it is not part of the text. */
public final class ByteOrderMark {

    private static final byte[] UTF_8 = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private ByteOrderMark() {}

    /** Returns the text without a mark in front; the same array if there is none. */
    public static byte[] without(byte[] text) {
        int length = UTF_8.length;
        return text.length >= length && Arrays.equals(text, 0, length, UTF_8, 0, length)
                ? Arrays.copyOfRange(text, length, text.length)
                : text;
    }
}
