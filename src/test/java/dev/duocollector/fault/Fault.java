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
    HANG,
    /** The answer's head and the first half of its body are relayed, and the connection closed. */
    CUT_BODY,
    /** The answer's head is relayed, and then a byte of its body every {@link FaultProxy#TRICKLE_EVERY}. */
    TRICKLE_BODY,
    /** A store that lies: it has written nothing of the body, an empty object, and its answer says that it did. */
    STORE_EMPTY,
    /** A store that lies: it has written the first half of the body, and its answer says that it did. */
    STORE_CUT,
    /** A store that lies: it answers a HEAD as if an empty object were there; the server never sees the request. */
    ANSWER_FOUND,
    /** A store that lies: it answers that something is there already; the server never sees the request. */
    ANSWER_412,
    /** A store that lies: it answers that it has written, without an ETag; the server never sees the request. */
    SWALLOW,
    /** A store that lies: it answers 200 with an ETag, and an error as the body; the server never sees the request. */
    ANSWER_ERROR_IN_200,
    /** The server's answer is relayed without its ETag. */
    ANSWER_WITHOUT_ETAG,
    /** The server's answer is relayed without its Date. */
    ANSWER_WITHOUT_DATE
}
