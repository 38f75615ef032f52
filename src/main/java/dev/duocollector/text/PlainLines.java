// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Prints each text that is to be a line as one, {@link PlainLine}; what is printed without a line's end stays as it is. */
public final class PlainLines extends PrintWriter {

    public PlainLines(PrintWriter to) {
        super(to, true);
    }

    @Override
    public void println(@Nullable String text) {
        super.println(PlainLine.of(text));
    }
}
