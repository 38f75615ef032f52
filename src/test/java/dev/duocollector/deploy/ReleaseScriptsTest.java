// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts that a release's workflow starts, each on a folder made for the test. */
class ReleaseScriptsTest {

    private static final Path SCRIPTS = Path.of(".github", "scripts");
    private static final Path LOG = Path.of("src", "site", "markdown", "CHANGELOG.md");

    private static final String CHANGELOG = """
            # Changelog

            ## 1.1.0 - 2027-01-31

            ### Added

            * run: twice as much.

            ### Fixed

            * s3: nothing.

            ## 1.1.0-rc.1 - 2027-01-31

            * run: a try.

            ## 1.0.0 - 2026-11-27

            * all: new.

            ## 0.9.0 - 2026-11-01

            ## 0.8.0 - 2026-10-01

            * a: one.

            ## 0.8.0 - 2026-10-01

            * b: two.
            """;

    @TempDir
    private Path folder;

    /** What a script printed, and its exit code. */
    private record Answer(int code, String out, String err) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the newest | v1.1.0 | 1.1.0 | 2027-01-31 | '### Added\n\n* run: twice as much.\n\n### Fixed\n\n* s3: nothing.\n'",
                "a candidate | v1.1.0-rc.1 | 1.1.0-rc.1 | 2027-01-31 | '* run: a try.\n'",
                "one in the middle | v1.0.0 | 1.0.0 | 2026-11-27 | '* all: new.\n'"
            })
    void notes_areTheSectionOfTheTag(String what, String tag, String version, String day, String text)
            throws IOException, InterruptedException {
        Answer answer = notes(tag, version, day);

        assertThat(answer).as(what).isEqualTo(new Answer(0, text, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no v | 1.1.0 | 1.1.0 | 2027-01-31 | the tag '1.1.0' is not of the form",
                "two numbers | v1.1 | 1.1 | 2027-01-31 | the tag 'v1.1' is not of the form",
                "more than a version | v1.1.0;id | 1.1.0;id | 2027-01-31 | the tag 'v1.1.0;id' is not of the form",
                "a snapshot | v1.1.0-SNAPSHOT | 1.1.0-SNAPSHOT | 2027-01-31 | is of a snapshot",
                "another version | v1.1.0 | 1.1.0-SNAPSHOT | 2027-01-31 | but pom.xml has 1.1.0-SNAPSHOT",
                "no section | v1.2.0 | 1.2.0 | 2027-01-31 | no heading '## 1.2.0 - 2027-01-31'",
                "another day | v1.1.0 | 1.1.0 | 2027-02-01 | no heading '## 1.1.0 - 2027-02-01'",
                "two sections | v0.8.0 | 0.8.0 | 2026-10-01 | or two",
                "an empty section | v0.9.0 | 0.9.0 | 2026-11-01 | says nothing below '## 0.9.0 - 2026-11-01'"
            })
    void notes_areRefused_beforeAnythingIsPrinted(String what, String tag, String version, String day, String message)
            throws IOException, InterruptedException {
        Answer answer = notes(tag, version, day);

        assertThat(answer.code()).as(what).isEqualTo(2);
        assertThat(answer.out()).as(what).isEmpty();
        assertThat(answer.err())
                .as(what)
                .startsWith("release-notes: ")
                .contains(message)
                .hasLineCount(1);
    }

    /** What the next tag would find here, and that the commit which is tagged cannot be a wrong one. */
    @Test
    void notes_ofThisVersion_areThoseOfTheChangelog() throws IOException, InterruptedException {
        String pom = PolicyFiles.read(Path.of("pom.xml"));
        String version = first(pom, "\n  <version>(.*)</version>\n");
        boolean isReleased = !version.endsWith("-SNAPSHOT");
        Answer here = run(SCRIPTS.resolve("release-notes"), "v" + version);
        String released = version.replace("-SNAPSHOT", "");
        String log = PolicyFiles.read(LOG)
                .replace("## Unreleased\n", "## " + released + " - " + first(pom, "outputTimestamp>([0-9-]*)T") + "\n");
        lay(pom.replace("\n  <version>" + version, "\n  <version>" + released), log);
        Answer next = run(folder.resolve(SCRIPTS).resolve("release-notes"), "v" + released);

        assertThat(here.code()).as(here.err()).isEqualTo(isReleased ? 0 : 2);
        assertThat(next.err()).isEmpty();
        assertThat(next.out()).startsWith("### ").contains("\n* ").doesNotContain("\n## ");
        assertThat(PolicyFiles.read(LOG).lines().filter(line -> line.startsWith("## ")))
                .allMatch(line -> line.matches("## (Unreleased|\\d+\\.\\d+\\.\\d+(-[\\w.]+)? - \\d{4}-\\d\\d-\\d\\d)"));
    }

    @Test
    void files_areThoseWithAChecksum() throws IOException, InterruptedException {
        List<String> names = List.of("c-1.0.0.tar.gz", "c-1.0.0.zip", "c-karaf.kar", "c.cdx.json");
        build(names);
        Files.writeString(folder.resolve("target/classes.txt"), "not for the page");

        Answer answer = files();

        assertThat(answer).isEqualTo(new Answer(0, "", ""));
        try (var copied = Files.list(folder.resolve("dist"))) {
            assertThat(copied.map(file -> file.getFileName().toString()))
                    .contains("SHA256SUMS")
                    .containsAll(names)
                    .hasSize(names.size() + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a file that is gone, c.cdx.json, gone, c.cdx.json",
        "other bytes, c-1.0.0.zip, changed, c-1.0.0.zip: FAILED",
        "a file without a checksum, c-karaf.kar, unlisted, kar"
    })
    void files_areRefused(String what, String file, String wrong, String message)
            throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(List.of("c-1.0.0.tar.gz", "c-1.0.0.zip", "c-karaf.kar", "c.cdx.json"));
        if (wrong.equals("unlisted")) {
            names.remove(file);
        }
        build(names);
        Path changed = folder.resolve("target").resolve(file);
        if (wrong.equals("gone")) {
            Files.delete(changed);
        } else {
            Files.writeString(changed, "other bytes");
        }

        Answer answer = files();

        assertThat(answer.code()).as(what).isNotZero();
        assertThat(answer.out() + answer.err()).as(what).contains(message);
    }

    private Answer notes(String tag, String version, String day) throws IOException, InterruptedException {
        lay(
                "<project>\n  <version>" + version + "</version>\n  <project.build.outputTimestamp>" + day
                        + "T00:00:00Z</project.build.outputTimestamp>\n    <version>3.0</version>\n</project>\n",
                CHANGELOG);
        return run(folder.resolve(SCRIPTS).resolve("release-notes"), tag);
    }

    private void lay(String pom, String changelog) throws IOException {
        Files.createDirectories(folder.resolve(SCRIPTS));
        Files.createDirectories(folder.resolve(LOG).getParent());
        Files.copy(SCRIPTS.resolve("release-notes"), folder.resolve(SCRIPTS).resolve("release-notes"));
        Files.writeString(folder.resolve("pom.xml"), pom);
        Files.writeString(folder.resolve(LOG), changelog);
    }

    /** A folder like a build's, with the checksums of the files. */
    private void build(List<String> names) throws IOException, InterruptedException {
        Path target = Files.createDirectory(folder.resolve("target"));
        for (String name : names) {
            Files.writeString(target.resolve(name), "bytes of " + name);
        }
        List<String> command = new ArrayList<>(List.of("sha256sum"));
        names.forEach(name -> command.add(target.resolve(name).toString()));
        Files.writeString(target.resolve("SHA256SUMS"), run(command).out().replace(target + "/", ""));
    }

    private Answer files() throws IOException, InterruptedException {
        return run(
                SCRIPTS.resolve("release-files"),
                folder.resolve("target").toString(),
                folder.resolve("dist").toString());
    }

    private Answer run(Path script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private Answer run(List<String> command) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        // The scripts read small files; a minute is for a machine with much else to do.
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Answer(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
