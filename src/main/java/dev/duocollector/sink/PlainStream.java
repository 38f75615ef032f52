// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Decompresses a stream if its first two bytes are those of gzip (RFC 1952), and reads any other as it is. */
public final class PlainStream {

    private static final int MAGIC_1 = 0x1f;
    private static final int MAGIC_2 = 0x8b;
    private static final int BUFFER_BYTES = 65_536;

    private PlainStream() {}

    /**
     * Returns the plain stream; closing it closes the given one.
     *
     * @throws IOException if the stream ends within the header
     */
    public static InputStream of(InputStream in) throws IOException {
        InputStream buffered = new ToldToTheEnd(in);
        buffered.mark(2);
        boolean gzip = buffered.read() == MAGIC_1 && buffered.read() == MAGIC_2;
        buffered.reset();
        return gzip ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
    }

    /**
     * Says that more is available until the end is read. After each member of a file of several, the JDK asks that before it
     * looks for the next one; a pipe or an S3 object with nothing available at that moment would be cut there, without an
     * error.
     */
    private static final class ToldToTheEnd extends BufferedInputStream {

        ToldToTheEnd(InputStream in) {
            super(in, BUFFER_BYTES);
        }

        @Override
        public synchronized int available() throws IOException {
            int available = super.available();
            if (available > 0) {
                return available;
            }
            mark(1);
            int next = read();
            reset();
            return next < 0 ? 0 : 1;
        }
    }
}
