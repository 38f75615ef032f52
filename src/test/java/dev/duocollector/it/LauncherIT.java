// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with the jar: the archive that a run leaves is used, and one that cannot be used harms nothing. */
class LauncherIT {

    @TempDir
    private Path folder;

    private Path launcher;
    private Path cache;

    @BeforeEach
    void install() throws IOException {
        launcher = Files.createDirectory(folder.resolve("bin")).resolve("duo-collector");
        Files.copy(Path.of("src", "main", "bin", "duo-collector"), launcher);
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Files.copy(Path.of(System.getProperty("runnable.jar")), folder.resolve("duo-telephony-collector.jar"));
        cache = folder.resolve("cache");
    }

    @Test
    void archiveOfARun_isUsedByTheNext_andOneThatIsNoneIsPassedOver() throws Exception {
        List<String> said = withoutArchive();
        assertThat(said).singleElement().asString().contains("S3 could not be reached");
        assertThat(once("")).as("Java 25 also says that it makes one").containsAll(said);
        List<Path> made = archives();
        assertThat(made).singleElement().asString().matches(".*\\.jsa\\.\\d+|.*\\.aot\\.\\d+");

        assertThat(loadedFromArchive(said)).isGreaterThan(5000);
        List<Path> used = archives();
        assertThat(used).singleElement().asString().matches(".*\\.(jsa|aot)");

        Files.delete(used.get(0));
        Files.writeString(used.get(0), "This is no archive of classes.");
        assertThat(loadedFromArchive(said)).as("the JDK's own has fewer").isLessThan(2000);
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    /** Makes a run that says the same as without an archive, and counts. */
    private long loadedFromArchive(List<String> said) throws IOException, InterruptedException {
        Path classes = folder.resolve("classes.log");
        assertThat(once("-Xlog:class+load:file=" + classes)).isEqualTo(said);
        try (Stream<String> lines = Files.lines(classes)) {
            return lines.filter(line -> line.contains("source: shared objects file"))
                    .count();
        }
    }

    private List<String> withoutArchive() throws IOException, InterruptedException {
        return once("", "");
    }

    private List<String> once(String options) throws IOException, InterruptedException {
        return once(options, cache.toString());
    }

    /** Makes a run that finds no S3, and returns what it printed, without its time and id. */
    private List<String> once(String options, String archives) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(launcher.toString(), "once")))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
        builder.environment()
                .putAll(Map.ofEntries(
                        Map.entry("JAVA_HOME", System.getProperty("java.home")),
                        Map.entry("JAVA_OPTS", options),
                        Map.entry("DUO_COLLECTOR_CACHE", archives),
                        Map.entry("DUO_API_HOST", "api-00000000.duosecurity.com"),
                        Map.entry("DUO_IKEY", "none"),
                        Map.entry("DUO_SKEY", "none"),
                        Map.entry("S3_BUCKET", "none"),
                        Map.entry("S3_REGION", "us-east-1"),
                        Map.entry("S3_ENDPOINT", "http://127.0.0.1:1"),
                        Map.entry("AWS_MAX_ATTEMPTS", "1"),
                        Map.entry("AWS_ACCESS_KEY_ID", "none"),
                        Map.entry("AWS_SECRET_ACCESS_KEY", "none")));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(1);
        return output.lines()
                .map(line -> line.replaceFirst("^\\S+Z ", "").replaceFirst("\\[\\w+] ", ""))
                .toList();
    }
}
