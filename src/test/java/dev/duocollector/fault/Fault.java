// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

/** What {@link FaultProxy} does to one request, instead of relaying it and its answer. */
public enum Fault {
    /** Nothing: the request is forwarded and the server's answer relayed. */
    NONE,
    /** The connection is closed; the server never sees the request. */
    DROP_BEFORE,
    /** The server answers, the answer is thrown away and the connection closed: it took effect and nobody knows. */
    DROP_AFTER,
    /** 503 in the server's own style; the server never sees the request. */
    ANSWER_503,
    /** 403 in the server's own style; the server never sees the request. */
    ANSWER_403,
    /** The server answers, and 500 is relayed instead: it took effect and is reported as failed. */
    ANSWER_500_AFTER,
    /** The connection is closed, and the request waits for {@link FaultProxy#deliverLate()}: a write that arrives late. */
    DELIVER_LATE,
    /** Nothing happens until the client gives up (or five minutes have passed); the server never sees the request. */
    HANG
}
