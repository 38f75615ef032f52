// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What S3's answer to the GET of the state says beside the state itself, by S3's own clock.
 *
 * @param answeredAt its {@code Date}, to the second; empty if it had none that can be read
 * @param writtenAt when the state was written, to the second; empty if there is none
 * @param deleted whether there is no state because it was deleted, in a bucket that keeps versions
 */
public record StateAnswer(Optional<Instant> answeredAt, Optional<Instant> writtenAt, boolean deleted) {

    /** How old the state was when it was read; empty if there is none or S3 did not say. */
    public Optional<Duration> age() {
        return answeredAt.flatMap(now -> writtenAt.map(then -> Duration.between(then, now)));
    }
}
