// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.route.RememberingContext;
import dev.duocollector.settings.RouteFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CamelApplicationTest {

    @TempDir
    private Path folder;

    @Test
    void knowsEveryRouteFile_thatTheJarBrings() throws IOException {
        List<String> shipped = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("routes"))) {
            files.forEach(file -> shipped.add(file.getFileName().toString()));
        }

        assertThat(RouteFiles.SHIPPED)
                .extracting(name -> name + ".camel.yaml")
                .containsExactlyInAnyOrderElementsOf(shipped);
    }

    @Test
    void takesEachFileFromTheFolder_beforeTheJars() throws IOException {
        Files.createFile(folder.resolve("event-steps.camel.yaml"));

        assertThat(RouteFiles.in(folder).includePattern().split(","))
                .hasSize(RouteFiles.SHIPPED.size())
                .contains("file:" + folder + "/event-steps.camel.yaml", "classpath:routes/collect.camel.yaml")
                .doesNotContain("classpath:routes/event-steps.camel.yaml");
    }

    @Test
    void refusesToStart_withRouteFilesThatHoldNone() throws IOException {
        for (String name : RouteFiles.SHIPPED) {
            Files.writeString(
                    folder.resolve(name + ".camel.yaml"),
                    "- beans: [{name: " + name + "-contract-6, type: java.lang.Object}]\n");
        }
        CamelApplication application =
                CamelApplication.inContainer(Map.of(), folder, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);

        assertThatThrownBy(application::startCollecting)
                .isInstanceOfSatisfying(
                        Exception.class,
                        failure -> assertThat(application.explain(failure))
                                .singleElement()
                                .asString()
                                .contains("no route was loaded"));
        application.stop();
    }

    @Test
    void takesAllFromTheJar_withoutAFolder() {
        assertThat(RouteFiles.in(folder.resolve("nothing")).includePattern().split(","))
                .hasSize(RouteFiles.SHIPPED.size())
                .allMatch(place -> place.startsWith("classpath:routes/"));
    }
}
