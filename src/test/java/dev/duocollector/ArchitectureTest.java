// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What uses what, and who may ask the machine for the time and its surroundings. */
class ArchitectureTest {

    /** In the order of dependency: each uses only what stands before it. ARCHITECTURE lists them in this order. */
    private static final List<String> PACKAGES = List.of(
            "text",
            "failure",
            "settings",
            "source",
            "sink",
            "state",
            "udm",
            "steps",
            "run",
            "verify",
            "metrics",
            "operate",
            "cluster",
            "page",
            "app",
            "check",
            "setup",
            "cli",
            "karaf");

    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes"));

    static Stream<String> packages() {
        return PACKAGES.stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyWhatStandsBefore(String name) {
        List<String> behind = PACKAGES.subList(PACKAGES.indexOf(name) + 1, PACKAGES.size());
        assertThat(CLASSES.that(resideInAPackage("dev.duocollector." + name)))
                .as("classes of " + name)
                .isNotEmpty();
        noClasses()
                .that()
                .resideInAPackage("dev.duocollector." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(behind.stream()
                        .map(other -> "dev.duocollector." + other)
                        .toArray(String[]::new))
                .allowEmptyShould(behind.isEmpty())
                .check(CLASSES);
    }

    @Test
    void hasNoImportCycle() {
        slices().matching("dev.duocollector.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void hasEveryPackageInTheOrder_andNoClassAtTheRoot() {
        assertThat(CLASSES.stream()
                        .filter(type -> !type.getName().equals("dev.duocollector.package-info"))
                        .map(type -> type.getPackageName())
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(PACKAGES.stream()
                        .map(name -> "dev.duocollector." + name)
                        .toList());
    }

    @Test
    void isTheOrderOfTheMap() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("src/site/markdown/ARCHITECTURE.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .filter(PACKAGES::contains)
                .toList();

        assertThat(rows).containsExactlyElementsOf(PACKAGES);
    }

    /** What is longer knows more than one thing. */
    @Test
    void hasNoSourceOfMoreThan350Lines() throws IOException {
        TreeMap<String, Integer> lines = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                lines.put(file.toString(), Files.readAllLines(file).size());
            }
        }

        assertThat(lines).hasSizeGreaterThan(100);
        lines.values().removeIf(count -> count <= 350);
        assertThat(lines).isEmpty();
    }

    /** The time that a run goes by is made in one place, from clocks that are handed in. What only measures is no clock. */
    @Test
    void asksNoClockOfTheMachine_butWhereOneIsChosen() {
        callers(
                Pattern.compile("java\\.time\\.(Instant|ZonedDateTime|LocalDate|LocalDateTime)\\.now\\(\\)"
                        + "|java\\.time\\.Clock\\.system.*|java\\.lang\\.System\\.currentTimeMillis\\(\\)"),
                Set.of(
                        "check.Preflight",
                        "cli.ClusterCommand",
                        "cli.StateCommand",
                        "cli.StatusCommand",
                        "cluster.ClusterJobStore",
                        "cluster.ClusterNode",
                        "settings.AccountFiles",
                        "settings.Schedule"));
    }

    @Test
    void readsTheEnvironmentAndSystemProperties_whereSettingsAreRead() {
        callers(
                Pattern.compile("java\\.lang\\.System\\.(getenv|getProperty|getProperties)\\(.*"),
                Set.of(
                        "settings.LogFormat",
                        "settings.SettingSources",
                        "settings.WrittenSettings",
                        "text.LogSetup",
                        "app.CamelApplication",
                        "app.ObservationServer",
                        "cli.CheckCommand",
                        "cli.ClusterCommand",
                        "cli.ConfigCommand",
                        "cli.InitCommand",
                        "cli.Screen",
                        "cli.StateCommand",
                        "cli.StatusCommand",
                        "cli.UdmInputs",
                        "karaf.Activator"));
    }

    /** Each that may also does: the list holds nobody who has stopped to. */
    private static void callers(Pattern method, Set<String> allowed) {
        TreeMap<String, String> found = new TreeMap<>();
        CLASSES.forEach(type -> Stream.concat(
                        type.getMethodCallsFromSelf().stream(), type.getMethodReferencesFromSelf().stream())
                .filter(access ->
                        method.matcher(access.getTarget().getFullName()).matches())
                .forEach(access -> found.put(
                        type.getName()
                                .replaceFirst("^dev\\.duocollector\\.", "")
                                .replaceFirst("\\$.*", ""),
                        access.getDescription())));

        assertThat(found.keySet()).as(found.toString()).containsExactlyInAnyOrderElementsOf(allowed);
    }
}
