// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the page shows of one stream.
 *
 * @param account its name, or the API hostname of the account of application.properties
 * @param log Duo's name of the log
 * @param words what its state means, in a sentence; empty if the state says it all
 * @param covered up to when everything is in the bucket; empty as long as no run has read the state
 * @param last how the last run ended on this node; empty before that
 * @param events those stored in each of the last hours
 * @param credits the same of credits; empty for a log that costs none
 */
record StreamRow(
        String account,
        String log,
        StreamState state,
        String words,
        Optional<Instant> covered,
        Optional<LastRun> last,
        Hours events,
        Optional<Hours> credits) {

    /** When a run ended, how, and how long it took. */
    record LastRun(Instant at, String outcome, Duration took) {}

    /** Names it among the others. */
    String name() {
        return account + "/" + log;
    }
}
