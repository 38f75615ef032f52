// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.World;

/** A collector at work, whatever runs it. Closing ends it, in whatever way is quick, and leaves nothing of it behind. */
interface RunningCollector extends AutoCloseable {

    /** What it has said so far: standard output and error, or the log that its host keeps for it. */
    String output();

    /** Tells whether the process that runs it is there. */
    boolean isAlive();

    /** Sends SIGKILL to the process that runs it, and waits until nothing of that is left. */
    void kill();

    @Override
    void close();

    /** Fails if the output holds a key, something of a request's Authorization header, or a phone number. */
    default void assertNothingSecret() {
        assertThat(output())
                .doesNotContain(
                        World.SKEY,
                        World.IKEY,
                        World.s3().secretKey(),
                        World.s3().accessKey(),
                        "Authorization",
                        "Basic ")
                // Integration keys of further accounts.
                .doesNotContainPattern("DI0{9}\\d{9}")
                .doesNotContainPattern("\\+?1[ -]?202[ -]?555");
    }
}
