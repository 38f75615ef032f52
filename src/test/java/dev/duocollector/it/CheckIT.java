// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.forbidden;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.route.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar's {@code check}, {@code config} and {@code once --dry-run}: exit codes, and standard output alone. */
class CheckIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void check_isOneDocument_andConfigNamesTheFile() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "duo.lag=3m\n");
        try (World world = World.inRealTime();
                CollectorProcess check = start(world, "check", "--json");
                CollectorProcess config = start(world, "config");
                CollectorProcess dryRun = start(world, "once", "--dry-run")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
            assertThat(JSON.readTree(check.standardOutput()).path("checks")).hasSizeGreaterThan(15);
            check.assertNothingSecret();

            assertThat(config.exitCode()).as(config.output()).isZero();
            assertThat(config.standardOutput())
                    .contains("duo.lag=3m   (application.properties in the working directory)")
                    .contains("s3.bucket=" + world.bucket + "   (environment variable S3_BUCKET)");
            config.assertNothingSecret();

            assertThat(dryRun.exitCode()).as(dryRun.output()).isZero();
            assertThat(dryRun.standardOutput()).endsWith("Nothing was written.\n");
            assertThat(world.everything()).isEmpty();
        }
    }

    @Test
    void check_exits2_whenSomebodyMustAct() {
        try (World world = World.inRealTime()) {
            world.duo.misbehave(1, 1, forbidden());
            try (CollectorProcess check = start(world, "check")) {
                assertThat(check.exitCode()).as(check.output()).isEqualTo(2);
                assertThat(check.standardOutput())
                        .contains("FAIL duo-read-log ", "Grant read log", "an operator is needed.");
                assertThat(check.standardError()).isEmpty();
            }
        }
    }

    private CollectorProcess start(World world, String... arguments) {
        return CollectorJar.built().start(folder, CollectorJar.environment(world), arguments);
    }
}
