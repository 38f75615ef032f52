// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.IOException;

/** The body of an S3 answer that is cut short or does not come: the way to S3 is to blame, not the object. */
public final class S3BodyException extends IOException {

    private static final long serialVersionUID = 1L;

    S3BodyException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
