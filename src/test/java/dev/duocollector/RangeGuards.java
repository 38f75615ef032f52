// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.RangeGuard;
import dev.duocollector.run.Ticker;
import dev.duocollector.settings.Settings;
import java.time.Clock;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;

/** The command {@code backfill} without its process, for tests that make a great many of them. */
public final class RangeGuards {

    private RangeGuards() {}

    /** Returns why the command would make no run now, empty if it would. */
    public static Optional<String> refusal(S3Client s3, Settings settings, Clock clock, Ticker ticker) {
        try {
            new RangeGuard(s3, settings, clock, ticker).backfill();
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.outcome() + ": " + e.getMessage());
        }
    }
}
