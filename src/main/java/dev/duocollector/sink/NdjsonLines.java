// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.source.ByteOrderMark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The lines of NDJSON, one after the other, in memory one at a time. A line ends with {@code \n}, the last one also with the
 * stream; blank lines are skipped, and counted, and a byte order mark at the beginning is left out. Not thread-safe.
 */
public final class NdjsonLines {

    private static final int CHUNK_BYTES = 65_536;

    private final InputStream in;
    private final int bytesMax;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int at;
    private int end;
    private long number;

    /**
     * Reads lines; the stream stays open.
     *
     * @param bytesMax the longest line that is kept; of a longer one only that it is too long is reported
     */
    public NdjsonLines(InputStream in, int bytesMax) {
        this.in = in;
        this.bytesMax = bytesMax;
    }

    /**
     * A line.
     *
     * @param number its place in the stream, from 1
     * @param bytes its content without the line break, not copied; empty if it is too long
     * @param tooLong whether it has more bytes than are kept
     */
    @SuppressWarnings("ArrayRecordComponent") // It is passed on, and never compared.
    public record Line(long number, byte[] bytes, boolean tooLong) {}

    /**
     * Returns the next line that is not blank, empty at the end.
     *
     * @throws IOException if the stream is cut short, in the line {@link #number()}
     */
    public Optional<Line> next() throws IOException {
        while (fill()) {
            number++;
            line.reset();
            boolean ended = false;
            boolean tooLong = false;
            while (!ended && fill()) {
                int start = at;
                while (at < end && chunk[at] != '\n') {
                    at++;
                }
                ended = at < end;
                tooLong |= (long) line.size() + at - start > bytesMax;
                if (!tooLong) {
                    line.write(chunk, start, at - start);
                }
                at += ended ? 1 : 0;
            }
            if (tooLong) {
                return Optional.of(new Line(number, new byte[0], true));
            }
            byte[] bytes = number == 1 ? ByteOrderMark.without(line.toByteArray()) : line.toByteArray();
            if (!isBlank(bytes)) {
                return Optional.of(new Line(number, bytes, false));
            }
        }
        return Optional.empty();
    }

    /** Returns the number of the line that was read last or is being read, 0 before the first. */
    public long number() {
        return number;
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(chunk));
        }
        return at < end;
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
