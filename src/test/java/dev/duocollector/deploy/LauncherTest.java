// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher, with a Java that only tells what it was started with. LauncherIT has it with the jar. */
class LauncherTest {

    /** What a small system has, and no java. */
    private static final List<String> TOOLS = List.of(
            "awk",
            "cksum",
            "df",
            "find",
            "grep",
            "head",
            "id",
            "ls",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sh",
            "tr",
            "wc");

    private static final String MAKE = "-XX:ArchiveClassesAtExit=";
    private static final String USE = "-XX:SharedArchiveFile=";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private Path home;
    private Path launcher;
    private Path cache;

    /** What a call came to: the words that Java got, one a line, or what was said on standard error. */
    private record Result(int code, List<String> out, String err) {

        Optional<String> option(String beginning) {
            return out.stream().filter(word -> word.startsWith(beginning)).findFirst();
        }

        String archive(String beginning) {
            return option(beginning).orElseThrow().substring(beginning.length());
        }
    }

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(folder.resolve("a release, unpacked"));
        launcher = Files.createDirectory(home.resolve("bin")).resolve("duo-collector");
        Files.copy(Path.of("src", "main", "bin", "duo-collector"), launcher);
        executable(launcher);
        Files.writeString(home.resolve("duo-telephony-collector.jar"), "jar");
        cache = folder.resolve("home/.cache/duo-collector");
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : TOOLS) {
            Path found = Path.of("/usr/bin", tool);
            Path real = Files.exists(found) ? found : Path.of("/bin", tool);
            executable(Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n"));
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("JAVA_HOME", java("17.0.15").toString());
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Returns a folder of a Java of this version, which knows it by its file "release". */
    private Path java(String version) throws IOException {
        Path java = folder.resolve("java " + version);
        Files.createDirectories(java.resolve("bin"));
        Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.writeString(java.resolve("bin/java"), """
                #!/bin/sh
                if [ "$1" = -version ]; then echo 'openjdk version "%s" 2026-01-01' >&2; exit 0; fi
                case "$*" in
                    *-XX:+VerifySharedSpaces*" version")
                        for word; do case $word in *=/*classes-*) grep -q whole "${word#*=}" && exit 0;; esac; done
                        exit 1 ;;
                esac
                printf '%%s\\n' "LANG=${LANG:-}" "$@"
                exit 7
                """.formatted(version));
        executable(java.resolve("bin/java"));
        return java;
    }

    private Result call(String... words) throws IOException, InterruptedException {
        return call(folder, launcher.toString(), words);
    }

    private Result call(Path from, String command, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\"", "sh", command));
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).directory(from.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        return new Result(process.waitFor(), out.lines().toList(), err);
    }

    @Test
    void words_exitCodeAndOptions_arePassedOn() throws Exception {
        environment.put("JAVA_OPTS", "-Dfirst=1 -Xmx1g");

        Result result = call("once", "--account", "two words", "it's \"$HOME\"", "");

        assertThat(result.code()).isEqualTo(7);
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xmx256m", "LANG=C.UTF-8")
                .containsSubsequence("-Xmx256m", "-Xmx1g")
                .endsWith(
                        "-Dfirst=1",
                        "-Xmx1g",
                        "-jar",
                        home.toRealPath() + "/duo-telephony-collector.jar",
                        "once",
                        "--account",
                        "two words",
                        "it's \"$HOME\"",
                        "");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', true, true",
        "run, '', true, true",
        "once, '', false, false",
        "status, '', false, false",
        "run, -XX:+UseG1GC, true, false",
    })
    void service_staysSmall(String command, String options, boolean compilesLess, boolean smallHeap) throws Exception {
        environment.put("JAVA_OPTS", options);

        Result result = command.isEmpty() ? call() : call(command);

        assertThat(result.code()).isEqualTo(7);
        assertThat(result.option("-XX:CompileThresholdScaling=").isPresent()).isEqualTo(compilesLess);
        assertThat(result.out().contains("-XX:NewRatio=3")).isEqualTo(smallHeap);
        assertThat(result.option("-XX:MaxHeapFreeRatio=").isPresent()).isEqualTo(smallHeap);
    }

    /** Two collectors would be refused, and an operator's archive is the operator's. */
    @ParameterizedTest
    @CsvSource({
        "-Xmx1g, true, true",
        "-XX:+UseG1GC, false, true",
        "-XX:+UseZGC -Xmx1g, false, true",
        "-Xshare:off, true, false",
        "-XX:SharedArchiveFile=own.jsa, true, false",
        "-XX:AOTCache=own.aot, true, false"
    })
    void ownOptions_replaceThoseThatTheyExclude(String options, boolean serial, boolean archive) throws Exception {
        environment.put("JAVA_OPTS", options);

        Result result = call("once");

        assertThat(result.code()).isEqualTo(7);
        assertThat(result.out()).contains(options.split(" ", -1));
        assertThat(result.out().contains("-XX:+UseSerialGC")).isEqualTo(serial);
        assertThat(result.option(MAKE).isPresent()).isEqualTo(archive);
    }

    @Test
    void ownOptions_areNoPatterns() throws Exception {
        environment.put("JAVA_OPTS", "-Dall=* *");

        assertThat(call(home, launcher.toString(), "once").out()).contains("-Dall=*", "*");
    }

    /** It would show all of them in a line of its own. */
    @Test
    void ownOptions_keepJava25FromMakingAnArchive() throws Exception {
        environment.put("JAVA_HOME", java("25.0.1").toString());
        assertThat(call("once").option("-XX:AOTCacheOutput=")).isPresent();
        environment.put("JAVA_OPTS", "-Da=b");

        assertThat(call("once").option("-XX:AOTCacheOutput=")).isEmpty();
    }

    @Test
    void language_ofTheSystem_stays() throws Exception {
        environment.put("LANG", "de_DE.UTF-8");

        assertThat(call("once").out()).contains("LANG=de_DE.UTF-8");
    }

    @Test
    void launcher_isFound_fromAnywhere() throws Exception {
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("absolute"), launcher);
        Files.createSymbolicLink(links.resolve("relative"), Path.of("../a release, unpacked/bin/duo-collector"));
        Files.createSymbolicLink(links.resolve("twice"), Path.of("relative"));
        environment.merge("PATH", ":" + links, String::concat);
        String jar = home.toRealPath() + "/duo-telephony-collector.jar";

        assertThat(call(home, "bin/duo-collector").out()).contains(jar);
        assertThat(call(home.resolve("bin"), "./duo-collector").out()).contains(jar);
        assertThat(call(home.resolve("bin"), "/bin/sh", "duo-collector", "once").out())
                .contains(jar);
        for (String link : List.of("absolute", "relative", "twice")) {
            assertThat(call(links.resolve(link).toString()).out()).as(link).contains(jar);
            assertThat(call(folder, link).out()).as("%s, in PATH", link).contains(jar);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "11.0.2, is Java 11.0.2",
        "1.8.0_402, is Java 1.8.0_402",
        "16, is Java 16",
        "early, does not say its version"
    })
    void anOldJava_isRefused(String version, String said) throws Exception {
        Path java = java(version);
        environment.put("JAVA_HOME", java.toString());

        Result result = call("once");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains(said).contains("JAVA_HOME").hasLineCount(1);
        Files.delete(java.resolve("release"));
        assertThat(call("once").err()).as("asked for its version").isEqualTo(result.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "17.0.15", "21.0.1", "25.0.1", "26-ea"})
    void aNewerJava_isTaken(String version) throws Exception {
        Path java = java(version);
        environment.put("JAVA_HOME", java.toString());

        assertThat(call("once").code()).isEqualTo(7);
        Files.delete(java.resolve("release"));
        assertThat(call("once").code()).as("asked for its version").isEqualTo(7);
    }

    @Test
    void noJava_isSaid() throws Exception {
        Path java = Path.of(environment.remove("JAVA_HOME"));
        Result none = call("once");
        environment.put("JAVA_HOME", folder.toString());
        Result wrong = call("once");
        environment.remove("JAVA_HOME");
        environment.merge("PATH", ":" + java.resolve("bin"), String::concat);

        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("no java in PATH").contains("JAVA_HOME").hasLineCount(1);
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("JAVA_HOME is " + folder).hasLineCount(1);
        assertThat(call("once").code()).as("in PATH").isEqualTo(7);
    }

    @Test
    void aMissingJar_isSaid() throws Exception {
        Files.delete(home.resolve("duo-telephony-collector.jar"));

        Result result = call("once");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("duo-telephony-collector.jar is missing")
                .hasLineCount(1);
    }

    @Test
    void archive_isMadeOnce_andThenUsed() throws Exception {
        String made = call("once").archive(MAKE);
        assertThat(made).startsWith(cache + "/classes-");
        assertThat(Files.getPosixFilePermissions(cache)).isEqualTo(PosixFilePermissions.fromString("rwx------"));

        // The JVM that wrote this one was killed.
        Files.write(Path.of(made), new byte[100]);
        String again = call("once").archive(MAKE);
        assertThat(again).isNotEqualTo(made);

        Files.writeString(Path.of(again), "damaged");
        assertThat(call("once").option(MAKE)).as("one that the JVM refuses").isPresent();
        Files.writeString(home.resolve("duo-telephony-collector.jar"), "a jar that is larger");
        again = call("once").archive(MAKE);
        Files.writeString(Path.of(again), "whole, no more");
        assertThat(call("once").option(MAKE))
                .as("one of a run that came not far")
                .isPresent();
        assertThat(Path.of(again)).doesNotExist();
        Files.writeString(Path.of(again), "whole, and large enough");
        Files.writeString(Path.of(again + ".config"), "what Java 25 has beside it meanwhile");
        String used = call("check").archive(USE);
        assertThat(again).startsWith(used + ".");
        assertThat(Path.of(used)).hasContent("whole, and large enough");
        assertThat(call("once").archive(USE)).isEqualTo(used);
    }

    /** A service's memory and its end are not worth it, and what a short command loads is not what a run needs. */
    @ParameterizedTest
    @ValueSource(strings = {"run", "check", "version", "--quiet", ""})
    void archive_isMadeByARunOnly(String command) throws Exception {
        assertThat(call(command).option(MAKE)).isEmpty();
        assertThat(call().option(MAKE)).isEmpty();

        Files.writeString(Path.of(call("once").archive(MAKE)), "whole");

        assertThat(call(command).option(USE)).isPresent();
        assertThat(call().option(USE)).isPresent();
    }

    /** As systemd has it for a user that is made anew each time. */
    @Test
    void cache_mayBeALink() throws Exception {
        Files.createDirectories(
                folder.resolve("private"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("private"));
        environment.put("CACHE_DIRECTORY", folder.resolve("link").toString());

        assertThat(call("once").archive(MAKE)).startsWith(folder.toRealPath().resolve("private") + "/");
    }

    @Test
    void archive_ofAnotherJarOrJava_isNotUsed() throws Exception {
        String first = call("once").archive(MAKE);
        Files.writeString(Path.of(first), "whole");
        String used = call("once").archive(USE);

        environment.put("JAVA_HOME", java("17.0.16").toString());
        assertThat(call("once").option(USE)).as("another Java").isEmpty();
        environment.put("JAVA_HOME", java("25.0.1").toString());
        assertThat(call("once").archive("-XX:AOTCacheOutput=")).as("Java 25").contains(".aot.");
        environment.put("JAVA_HOME", folder.resolve("java 17.0.15").toString());
        assertThat(call("once").archive(USE)).as("as before").isEqualTo(used);
        Files.writeString(home.resolve("duo-telephony-collector.jar"), "another jar");
        assertThat(call("once").option(USE)).as("another jar").isEmpty();
        assertThat(call("once").archive(MAKE)).doesNotStartWith(used);
    }

    @Test
    void cache_isWhereItIsSet() throws Exception {
        environment.put("XDG_CACHE_HOME", folder.resolve("xdg").toString());
        assertThat(call("once").archive(MAKE)).startsWith(folder.resolve("xdg/duo-collector") + "/");
        environment.put("CACHE_DIRECTORY", folder.resolve("systemd") + ":/elsewhere");
        assertThat(call("once").archive(MAKE)).startsWith(folder.resolve("systemd") + "/");
        environment.put("DUO_COLLECTOR_CACHE", folder.resolve("own").toString());
        assertThat(call("once").archive(MAKE)).startsWith(folder.resolve("own") + "/");
        environment.put("DUO_COLLECTOR_CACHE", "");
        assertRunsWithoutArchive("switched off");
    }

    @Test
    void withoutACache_itRuns() throws Exception {
        environment.put("DUO_COLLECTOR_CACHE", home.resolve("duo-telephony-collector.jar") + "/cache");
        assertRunsWithoutArchive("a folder that cannot be made");
        environment.remove("DUO_COLLECTOR_CACHE");
        environment.remove("HOME");
        assertRunsWithoutArchive("no home");
    }

    /** Whoever writes there would have his code run. */
    @Test
    void aCacheThatOthersWriteTo_isNotUsed() throws Exception {
        Files.writeString(Path.of(call("once").archive(MAKE)), "whole");
        assertThat(call("once").option(USE)).isPresent();

        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxr-x"));

        assertRunsWithoutArchive("its group may write");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xrwx"));
        assertRunsWithoutArchive("all may write");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx------"));
        assertThat(call("once").option(USE)).isPresent();
        Files.setPosixFilePermissions(folder.resolve("home"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRunsWithoutArchive("all may exchange a folder above");
    }

    /** A JVM that cannot write its archive ends with 1, whatever its run came to. */
    @Test
    void onAFullDisk_noArchiveIsMade_butOneIsUsed() throws Exception {
        Path tool = folder.resolve("tools/df");
        Files.writeString(tool, "#!/bin/sh\necho Filesystem\necho /dev/x 9999999 9700001 299999 97% /\n");
        assertRunsWithoutArchive("too little room");

        Files.writeString(tool, "#!/bin/sh\necho Filesystem\necho /dev/x 9999999 9699999 300000 97% /\n");
        Files.writeString(Path.of(call("once").archive(MAKE)), "whole");
        Files.writeString(tool, "#!/bin/sh\necho Filesystem\necho /dev/x 9999999 9999999 0 100% /\n");

        assertThat(call("once").option(USE)).isPresent();
    }

    private void assertRunsWithoutArchive(String when) throws IOException, InterruptedException {
        Result result = call("once");
        assertThat(result.code()).as(when).isEqualTo(7);
        assertThat(result.err()).as(when).isEmpty();
        assertThat(result.option(MAKE)).as(when).isEmpty();
        assertThat(result.option(USE)).as(when).isEmpty();
    }
}
