// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.karaf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.FrameworkUtil;

/** What the container makes of a .cfg file, and the file that comes with the KAR. */
class ConfigFileTest {

    /** Where a sentence about the environment, which nobody reads in Karaf, stands in application.properties. */
    private static final Map<String, String> OTHERWISE_IN_KARAF = Map.of(
            "(better: in the environment, or as a Camel vault placeholder)", "(better: as a Camel vault placeholder)");

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "dev.duocollector.5d6f8a10-77f2, file:/opt/karaf/etc/dev.duocollector-acme.cfg, acme",
        "dev.duocollector~acme, file:/opt/my%20karaf/etc/dev.duocollector-acme-2.cfg, acme-2",
        "dev.duocollector~acme, /opt/karaf/etc/dev.duocollector-ac.me.cfg, ac.me",
        "dev.duocollector~acme, , acme",
        "dev.duocollector.5d6f8a10-77f2, , 5d6f8a10-77f2"
    })
    void isNamedByTheFile_orElseByThePid(String pid, String file, String name) {
        ConfigFile config = ConfigFile.oneOfSeveral(
                pid,
                FrameworkUtil.asDictionary(
                        file == null
                                ? Map.of("s3.bucket", "logs")
                                : Map.of("felix.fileinstall.filename", file, "s3.bucket", "logs")));

        assertThat(config.name()).isEqualTo(name);
        assertThat(config).hasToString("etc/dev.duocollector-" + name + ".cfg");
    }

    @Test
    void holdsTheSettingsWithAValue_andNothingOfTheContainers() {
        ConfigFile config = ConfigFile.single(FrameworkUtil.asDictionary(Map.of(
                "service.pid", "dev.duocollector",
                "felix.fileinstall.filename", "file:/opt/karaf/etc/dev.duocollector.cfg",
                "duo.api.host", " api-1a2b3c4d.duosecurity.com ",
                "duo.page.size", 500,
                "s3.prefix", "",
                "\uFEFFduo.skey-file", "skey",
                "\u00EF\u00BB\u00BFstate.key", "state",
                "my.own", "placeholder")));

        assertThat(config.settings())
                .containsOnly(
                        Map.entry("duo.api.host", "api-1a2b3c4d.duosecurity.com"),
                        Map.entry("duo.page.size", "500"),
                        Map.entry("s3.prefix", ""),
                        Map.entry("duo.skey-file", "skey"),
                        Map.entry("state.key", "state"),
                        Map.entry("my.own", "placeholder"));
        assertThat(config).hasToString("etc/dev.duocollector.cfg");
    }

    @Test
    void isEmpty_whenThereIsNoFile() {
        assertThat(ConfigFile.single(null).isEmpty()).isTrue();
        assertThat(ConfigFile.single(FrameworkUtil.asDictionary(Map.of("duo.api.host", " ")))
                        .isEmpty())
                .as("a file as it comes, with a # taken away")
                .isTrue();
    }

    @Test
    void theShippedFile_isApplicationPropertiesWithEverySettingCommentedOut() throws IOException {
        List<String> expected = afterTheHead(Path.of("application.properties")).stream()
                .map(line -> line.isEmpty() || line.startsWith("#") ? line : "#" + line)
                .map(ConfigFileTest::asInKaraf)
                .toList();

        assertThat(expected).hasSizeGreaterThan(50);
        assertThat(afterTheHead(Path.of("src/main/karaf/dev.duocollector.cfg"))).isEqualTo(expected);
    }

    private static String asInKaraf(String line) {
        String written = line;
        for (Map.Entry<String, String> other : OTHERWISE_IN_KARAF.entrySet()) {
            written = written.replace(other.getKey(), other.getValue());
        }
        return written;
    }

    private static List<String> afterTheHead(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        int first = 0;
        while (!lines.get(first).startsWith("# ----")) {
            first++;
        }
        return lines.subList(first, lines.size());
    }
}
