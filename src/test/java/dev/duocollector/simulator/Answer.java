// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One HTTP answer: what is sent and how.
 *
 * @param code Duo's error code, 0 if there is none
 * @param detail Duo's message_detail, empty if there is none
 * @param body sent one after the other; their positions are left alone
 * @param delay how long the answer waits before its first byte
 */
public record Answer(
        int status,
        int code,
        String detail,
        Map<String, String> headers,
        List<ByteBuffer> body,
        Transfer transfer,
        Duration delay) {

    /** How the answer goes over the wire. */
    public enum Transfer {
        /** With Content-Length. */
        LENGTH,
        /** In chunks, one for each part of the body. */
        CHUNKED,
        /** With the Content-Length of the whole body, of which half is sent before the connection is closed. */
        CUT_LENGTH,
        /** In a chunk announced for the whole body, of which half is sent before the connection is closed. */
        CUT_CHUNKED,
        /** Not at all: the connection is closed instead. */
        DROPPED;

        boolean cut() {
            return this == CUT_LENGTH || this == CUT_CHUNKED || this == DROPPED;
        }
    }

    public Answer {
        headers = Map.copyOf(headers);
        body = List.copyOf(body);
    }

    /** Returns an answer of JSON with the status 200. */
    public static Answer ok(List<ByteBuffer> json) {
        return new Answer(200, 0, "", Map.of("Content-Type", "application/json"), json, Transfer.LENGTH, Duration.ZERO);
    }

    /** Returns an answer of JSON with the status 200. */
    public static Answer ok(String json) {
        return ok(List.of(ByteBuffer.wrap(json.getBytes(UTF_8))));
    }

    /**
     * Returns Duo's error envelope; the first three digits of the code are the HTTP status.
     *
     * @param code five digits
     * @param detail left out of the envelope when empty
     */
    public static Answer failure(int code, String message, String detail) {
        ObjectNode envelope =
                JsonNodeFactory.instance.objectNode().put("code", code).put("message", message);
        if (!detail.isEmpty()) {
            envelope.put("message_detail", detail);
        }
        return ok(envelope.put("stat", "FAIL").toString())
                .withCode(code, detail)
                .withStatus(code / 100);
    }

    public Answer withStatus(int newStatus) {
        return new Answer(newStatus, code, detail, headers, body, transfer, delay);
    }

    /** Adds a header, or replaces the one of that name. */
    public Answer withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, code, detail, more, body, transfer, delay);
    }

    public Answer withBody(List<ByteBuffer> newBody) {
        return new Answer(status, code, detail, headers, newBody, transfer, delay);
    }

    public Answer withTransfer(Transfer newTransfer) {
        return new Answer(status, code, detail, headers, body, newTransfer, delay);
    }

    public Answer withDelay(Duration newDelay) {
        return new Answer(status, code, detail, headers, body, transfer, newDelay);
    }

    private Answer withCode(int newCode, String newDetail) {
        return new Answer(status, newCode, newDetail, headers, body, transfer, delay);
    }
}
