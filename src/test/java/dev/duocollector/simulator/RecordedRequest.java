// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.Map;

/**
 * A request that was answered, and how.
 *
 * @param number counts the simulator's requests from 1
 * @param at the simulator's time when the request came
 * @param apiHost the API host of the account that was asked, empty if none was
 * @param path what was asked for
 * @param query the decoded parameters
 * @param status the HTTP status answered, 0 if the connection was dropped
 * @param code Duo's error code, 0 if there was none
 * @param detail Duo's message_detail, empty if there was none
 */
public record RecordedRequest(
        int number,
        Instant at,
        String apiHost,
        String path,
        Map<String, String> query,
        int status,
        int code,
        String detail) {}
