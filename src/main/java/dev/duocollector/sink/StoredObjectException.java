// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.IOException;

/** What is wrong with an object that was read back from the bucket: its line, if it has one, and nothing of its content. */
public final class StoredObjectException extends IOException {

    private static final long serialVersionUID = 1L;

    public StoredObjectException(String flaw) {
        super(flaw);
    }

    StoredObjectException(String flaw, IOException cause) {
        super(flaw, cause);
    }
}
