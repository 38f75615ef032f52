// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.text.Terminal;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that standard output is.
 *
 * @param width how many columns a line may take
 * @param hasBlocks whether it shows Unicode's blocks, or nothing beyond ASCII
 */
record Screen(int width, boolean hasBlocks) {

    private static final int WIDTH = 80;

    /** What fits into no fewer columns is not drawn narrower. */
    private static final int WIDTH_MIN = 40;

    private static final String BLOCKS = "█▒░·";

    /** Returns the terminal; empty if standard output goes to a file or to another program. */
    static Optional<Screen> ofOutput() {
        return Terminal.isOutput()
                ? Optional.of(of(System.getenv("COLUMNS"), System.getProperty("stdout.encoding", fallback())))
                : Optional.empty();
    }

    /** Java 17 has another name for it. */
    private static String fallback() {
        return System.getProperty(
                "sun.stdout.encoding", Charset.defaultCharset().name());
    }

    /**
     * Returns a terminal.
     *
     * @param columns its width as the shell says it, null or anything if it does not
     * @param charset the name of its charset, which may be unknown here
     */
    static Screen of(@Nullable String columns, String charset) {
        boolean hasWidth = columns != null && columns.matches("[1-9][0-9]{1,3}");
        return new Screen(
                hasWidth ? Math.max(WIDTH_MIN, Integer.parseInt(columns)) : WIDTH,
                Charset.isSupported(charset)
                        && Charset.forName(charset).canEncode()
                        && Charset.forName(charset).newEncoder().canEncode(BLOCKS));
    }
}
