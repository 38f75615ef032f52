// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.s3.MemoryS3;
import dev.duocollector.settings.TestSettings;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** A stream whose bucket is in memory, for tests of single steps. */
final class TestStream {

    static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");

    private TestStream() {}

    /** Returns a stream at {@link #NOW} with some settings: name, value, name, … */
    static Stream with(String... settings) {
        return builder(settings).build().all().get(0);
    }

    /** Returns the same, to be changed before it is built. */
    static Streams.Builder builder(String... settings) {
        return new Streams.Builder()
                .settings(TestSettings.with(settings))
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .ticker(() -> 0)
                .pause(new Pause())
                .s3Client(new MemoryS3().client())
                .listener(RunListener.NONE);
    }
}
