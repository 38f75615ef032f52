// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.route.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts services whose clock is the one that they are told. */
final class Services {

    private static final String SYSTEM_CLOCK = """
                - name: clock
                  type: java.time.Clock
                  factoryMethod: systemUTC
            """;
    private static final String SERVICE_CLOCK = """
                - name: clock
                  type: dev.duocollector.bench.ServiceClock
                  factoryMethod: instance
            """;

    private Services() {}

    /**
     * Starts a service in a folder of its own, with the shipped routes.
     *
     * @param heap such as {@code 64m}
     */
    static Child start(String heap, Path folder, Class<?> main, Map<String, String> settings) {
        try {
            Path routes = Files.createDirectories(folder.resolve("routes"));
            String beans = Files.readString(Path.of("routes", "beans.camel.yaml"));
            if (!beans.contains(SYSTEM_CLOCK)) {
                throw new IllegalStateException("beans.camel.yaml no longer declares its clock as this expects");
            }
            Files.writeString(routes.resolve("beans.camel.yaml"), beans.replace(SYSTEM_CLOCK, SERVICE_CLOCK));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> arguments = new ArrayList<>();
        settings.forEach((name, value) -> arguments.add(name + "=" + value));
        return Child.start(
                heap,
                folder,
                main,
                arguments,
                Map.of(
                        "AWS_ACCESS_KEY_ID", World.s3().accessKey(),
                        "AWS_SECRET_ACCESS_KEY", World.s3().secretKey(),
                        "AWS_EC2_METADATA_DISABLED", "true"));
    }
}
