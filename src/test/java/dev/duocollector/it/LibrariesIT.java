// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The libraries in what is shipped: none that nothing needs, and those of which SECURITY.md says so in a version without flaws. */
class LibrariesIT {

    /**
     * Tests, XML, sagas, servers, annotation indexes. Not among them: camel-xml-jaxp-util and jakarta.xml.bind-api, which
     * Camel's own core names.
     */
    private static final Pattern NOT_NEEDED = Pattern.compile(
            "camel-(saga|mock|dataset|stub|validator|xpath|xslt|xml-io|xml-io-util|xml-jaxb|xml-jaxp|yaml-io|core-catalog"
                    + "|tooling-model|test.*)"
                    + "|jaxb-.*|txw2|istack-commons-runtime|angus-activation"
                    + "|camel-platform-http.*|vertx-.*|netty-.*|jandex|snakeyaml|jackson-dataformat-yaml|junit.*|assertj.*");

    private static final Pattern POM = Pattern.compile("META-INF/maven/[^/]+/([^/]+)/pom\\.properties");

    /** A row of the second table: what, library, fixed in, in the jar. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (CVE-[^|]+) \\| (logback) \\| (\\S+) \\| (\\S+) \\| `");

    private static final Pattern HELD_BY = Pattern.compile("`([A-Z]\\w+(?:Test|IT))\\.(\\w+)`");

    private final Map<String, String> libraries = libraries(Path.of(property("runnable.jar")));

    @Test
    void whatNothingNeeds_isInNoJar() {
        assertThat(libraries.keySet())
                .contains("camel-main", "camel-aws2-s3", "HikariCP", "logback-classic", "s3")
                .noneMatch(name -> NOT_NEEDED.matcher(name).matches());
    }

    @Nightly
    @Test
    void whatNothingNeeds_isNotInTheBundle() {
        assertThat(embedded(Path.of(property("karaf.bundle"))))
                .contains("camel-main", "camel-aws2-s3", "camel-yaml-dsl")
                .noneMatch(name -> NOT_NEEDED.matcher(name).matches());
    }

    /** Of two versions of the SDK's modules in one application, nobody has tried whether they fit. */
    @Nightly
    @Test
    void applicationWithTheThinJar_hasTheSdkInTheVersionThatIsTried() {
        List<Path> sdk = ItProject.named("third-party")
                .classPath()
                .filter(jar -> jar.toString().contains("awssdk"))
                .toList();

        assertThat(sdk)
                .hasSizeGreaterThan(25)
                .allMatch(jar -> jar.getParent().endsWith(Objects.requireNonNull(libraries.get("s3"))));
    }

    @Test
    void versions_areThoseOfTheTable() throws IOException {
        List<MatchResult> rows = ROW.matcher(Files.readString(Path.of(".github", "SECURITY.md")))
                .results()
                .toList();

        assertThat(rows).hasSize(3);
        for (MatchResult row : rows) {
            Map<String, String> packed = new TreeMap<>(libraries);
            packed.keySet().removeIf(name -> !name.startsWith(row.group(2) + "-") || name.contains("ecs"));
            assertThat(packed).as(row.group(2)).isNotEmpty();
            assertThat(packed.values()).as(row.group(1)).containsOnly(row.group(4));
            assertThat(number(row.group(4))).as(row.group(1)).isGreaterThanOrEqualTo(number(row.group(3)));
        }
    }

    /** What a document says is held by a test is held by one that is there. */
    @Test
    void everyTestThatSecurityNames_isThere() throws IOException {
        List<MatchResult> named = HELD_BY.matcher(Files.readString(Path.of(".github", "SECURITY.md")))
                .results()
                .toList();
        Map<String, String> sources;
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            LibrariesIT::text,
                            (one, other) -> one + other));
        }

        assertThat(named).hasSizeGreaterThan(8);
        for (MatchResult test : named) {
            assertThat(sources.getOrDefault(test.group(1), ""))
                    .as(test.group())
                    .contains("void " + test.group(2) + "(");
        }
    }

    /** 4.1.140.Final as 4001140. */
    private static long number(String version) {
        Matcher parts = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)(?:\\.Final)?").matcher(version);
        assertThat(parts.matches()).as(version).isTrue();
        return Long.parseLong(parts.group(1)) * 1_000_000
                + Long.parseLong(parts.group(2)) * 1_000
                + Long.parseLong(parts.group(3));
    }

    /** Artifacts with their versions, by what each brought along for scanners. */
    private static Map<String, String> libraries(Path file) {
        Map<String, String> found = new TreeMap<>();
        try (JarFile jar = new JarFile(file.toFile())) {
            for (JarEntry entry : jar.stream().toList()) {
                Matcher pom = POM.matcher(entry.getName());
                if (pom.matches()) {
                    Properties properties = new Properties();
                    properties.load(jar.getInputStream(entry));
                    found.put(pom.group(1), properties.getProperty("version"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Artifacts whose jars lie in a bundle. */
    private static Set<String> embedded(Path file) {
        Set<String> found = new TreeSet<>();
        try (JarFile jar = new JarFile(file.toFile())) {
            jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith("lib/") && name.endsWith(".jar"))
                    .forEach(name -> found.add(name.replaceFirst("^lib/", "").replaceFirst("-\\d[^/]*\\.jar$", "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name + ": these tests run in ./mvnw verify");
    }
}
