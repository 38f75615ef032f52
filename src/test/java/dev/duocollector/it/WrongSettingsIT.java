// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the runnable jar ends on an operator's mistake: with 2, and one line. The mistakes are WrongSettingsTest's matter. */
class WrongSettingsIT {

    private final CollectorJar jar = CollectorJar.built();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"once", "run", ""})
    void endsAtItsStart(String command) {
        try (World world = world().set("duo.page.size", "5000")) {
            assertRefused(world, command, "duo.page.size is '5000'");

            assertThat(world.everything()).isEmpty();
            assertThat(world.duo.requests()).isEmpty();
        }
    }

    @Test
    void isOneLineAndNoObject_whenDuoRefusesTheSignature() {
        try (World world = world().set("duo.skey", "not-" + World.SKEY)) {
            assertRefused(world, "once", "Duo refused the signature", "40103", "duo.skey");

            assertThat(world.everything()).isEmpty();
            assertThat(world.duo.requests()).as("requests, without a retry").hasSize(1);
            world.duo.takeRefusal(40103);
        }
    }

    private void assertRefused(World world, String command, String... said) {
        String[] arguments = command.isEmpty() ? new String[0] : new String[] {command};
        try (CollectorProcess process = jar.start(folder, CollectorJar.environment(world), arguments)) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
            assertThat(process.output().lines()).as("lines").hasSize(1);
            assertThat(process.logged("ERROR").get(0)).contains(said);
            process.assertNothingSecret();
        }
    }

    /** With an event, so that nothing is missing because there was nothing to write. */
    private static World world() {
        World world = World.inRealTime().set("duo.retry.max-elapsed", "0s");
        world.events.add(new MadeUpEvents(2).at(Instant.now().minus(Duration.ofMinutes(10))));
        return world;
    }
}
