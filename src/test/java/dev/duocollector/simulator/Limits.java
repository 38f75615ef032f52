// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Duration;

/**
 * The bounds of the parameters, as in the docstring of get_telephony_log in Duo's Python client
 * (https://github.com/duosecurity/duo_client_python).
 *
 * @param retention how far back mintime may lie
 */
public record Limits(int limitDefault, int limitMax, Duration retention) {
    public static final Limits DUO = new Limits(100, 1000, Duration.ofDays(180));
}
