// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

/**
 * The one exception with which the route duo-page ends: a request to Duo that gave no page. So a failure elsewhere never
 * counts as Duo's, whatever its Java type.
 *
 * <p>It has no cause, only a suppressed exception: Camel's error handler matches causes too.
 */
public final class DuoRequestException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient DuoFailure failure;

    public DuoRequestException(DuoFailure failure, Throwable why) {
        super(failure.what());
        this.failure = failure;
        addSuppressed(why);
    }

    public DuoFailure failure() {
        return failure;
    }
}
