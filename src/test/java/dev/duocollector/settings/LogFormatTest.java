// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFormatTest {

    @TempDir
    private Path folder;

    @Test
    void isHuman_unlessSet() throws IOException {
        assertThat(LogFormat.of(Map.of(), folder.resolve("nothing"))).isEqualTo("human");
        assertThat(LogFormat.of(Map.of(), settings("duo.lag=2m"))).isEqualTo("human");
    }

    @Test
    void comesFromTheFile_andTheEnvironmentBeforeIt() throws IOException {
        Path json = settings("log.format = JSON");

        assertThat(LogFormat.of(Map.of(), json)).isEqualTo("json");
        assertThat(LogFormat.of(Map.of("LOG_FORMAT", "human"), json)).isEqualTo("human");
        assertThat(LogFormat.of(Map.of("LOG_FORMAT", " Json "), folder.resolve("nothing")))
                .isEqualTo("json");
    }

    @Test
    void isHuman_whereItMakesNoSense() throws IOException {
        assertThat(LogFormat.of(Map.of("LOG_FORMAT", "xml"), settings("log.format=json")))
                .isEqualTo("human");
        assertThat(LogFormat.of(Map.of(), settings("log.format=\\u00"))).isEqualTo("human");
        assertThat(LogFormat.of(Map.of(), folder)).isEqualTo("human");
    }

    private Path settings(String text) throws IOException {
        return Files.writeString(folder.resolve("application.properties"), text);
    }
}
