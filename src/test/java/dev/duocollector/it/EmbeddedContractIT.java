// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import dev.duocollector.route.World;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** A third-party Camel application with the collector's routes among its own. */
@Nightly
class EmbeddedContractIT implements CollectorContract {

    private final ItProject application = ItProject.named("third-party");

    @TempDir
    private Path folder;

    @Override
    public RunningCollector start(World world) {
        StringBuilder settings = new StringBuilder();
        world.settings.forEach((setting, value) ->
                settings.append(setting).append('=').append(value).append('\n'));
        try {
            Files.writeString(folder.resolve("collector.properties"), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return application.start(
                List.of("-Duser.language=tr", "-Duser.country=TR", "-Duser.timezone=Asia/Kathmandu"),
                folder,
                CollectorJar.credentials(),
                "com.example.ThirdParty",
                List.of("classpath:routes/*.camel.yaml"));
    }
}
