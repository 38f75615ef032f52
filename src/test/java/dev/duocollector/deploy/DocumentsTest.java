// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the documents point to, and what points to them. */
class DocumentsTest {

    private static final Path PAGES = Path.of("src/site/markdown");
    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

    /** A page and a heading on it, as messages and comments name them. */
    private static final Pattern REFERENCE =
            Pattern.compile("\\b(README|[A-Z]{3,})(?:\\.md)?,? \\\\?\"([A-Z][^\"\\\\]+)\\\\?\"");

    @Test
    void everyLink_leadsToAFile_andToAHeadingInIt() throws IOException {
        List<String> broken = new ArrayList<>();
        int followed = 0;
        for (Path document : documents()) {
            for (String link : links(document)) {
                followed++;
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? document
                        : document.resolveSibling(parts[0]).normalize();
                boolean found = Files.exists(target)
                        && (parts.length == 1 || anchors(target).contains(parts[1]));
                if (!found) {
                    broken.add(document + " -> " + link);
                }
            }
        }

        assertThat(broken).isEmpty();
        assertThat(followed).as("links that were followed").isGreaterThan(100);
    }

    @Test
    void readme_isShort_andLeadsToEveryPage() throws IOException {
        Path readme = Path.of("README.md");

        assertThat(Files.readAllLines(readme)).hasSizeLessThanOrEqualTo(220);
        try (Stream<Path> pages = Files.list(PAGES)) {
            assertThat(links(readme)).containsAll(pages.map(Path::toString).toList());
        }
    }

    @Test
    void everyHeading_thatAMessageOrACommentNames_isOnThatPage() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path file : sources()) {
            for (MatchResult reference : all(REFERENCE, Files.readString(file))) {
                Path page = reference.group(1).equals("README")
                        ? Path.of("README.md")
                        : PAGES.resolve(reference.group(1) + ".md");
                if (!Files.exists(page)) {
                    continue; // a word in capitals before a quotation, such as GET "…"
                }
                named++;
                if (headings(page).stream().noneMatch(heading -> heading.startsWith(reference.group(2)))) {
                    missing.add(file + ": " + reference.group());
                }
            }
        }

        assertThat(missing).isEmpty();
        assertThat(named).as("headings that are named").isGreaterThan(5);
    }

    /** What a build leaves out is told, and so is what it has instead. */
    @Test
    void contributing_namesEveryTestThatRunsAtNightOnly() throws IOException {
        Set<String> nightly = new TreeSet<>();
        for (Path file : files(".*\\.java", "src/test/java")) {
            if (Files.readString(file).lines().anyMatch(line -> line.strip().equals("@Nightly"))) {
                nightly.add(file.getFileName().toString().replace(".java", ""));
            }
        }
        String contributing = Files.readString(Path.of(".github/CONTRIBUTING.md"));

        Set<String> named = all(Pattern.compile("(?m)^\\| `(\\w+)`.*\\| .*`\\w+"), contributing).stream()
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
        assertThat(nightly).hasSizeGreaterThan(5);
        assertThat(named).isEqualTo(nightly);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A state that is refused | a-state-that-is-refused",
                "Whose role? | whose-role",
                "No logs since … | no-logs-since-",
                "`once --dry-run`: what then | once---dry-run-what-then",
                "a. MECHANISM_UNSPECIFIED | a-mechanism_unspecified",
                "Duo's pages | duos-pages",
            })
    void anchor_isTheOneThatGitHubMakes(String heading, String anchor) {
        assertThat(anchor(heading)).isEqualTo(anchor);
    }

    private static List<Path> documents() throws IOException {
        return files(".*\\.md", "README.md", ".github", "src/deploy", "src/site", "src/it");
    }

    private static List<Path> sources() throws IOException {
        return files(
                ".*\\.(java|ya?ml|cfg|xml|properties)|.*/env",
                "application.properties",
                "pom.xml",
                "routes",
                "src/deploy",
                "src/main");
    }

    private static List<Path> files(String name, String... places) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String place : places) {
            try (Stream<Path> files = Files.walk(Path.of(place))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> file.toString().matches(name))
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** The document's links to files and headings here, not those to other sites. */
    private static List<String> links(Path document) throws IOException {
        return all(LINK, text(document)).stream()
                .map(link -> link.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .toList();
    }

    private static Set<String> anchors(Path document) throws IOException {
        return headings(document).stream().map(DocumentsTest::anchor).collect(Collectors.toSet());
    }

    private static List<String> headings(Path document) throws IOException {
        return all(HEADING, text(document)).stream()
                .map(heading -> heading.group(1))
                .toList();
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\p{Pc}\\- ]", "")
                .replace(' ', '-');
    }

    /** The document without its blocks of code. */
    private static String text(Path document) throws IOException {
        return FENCE.matcher(Files.readString(document)).replaceAll("");
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    /** Which method of which class a sentence of the guarantee is, in ARCHITECTURE. */
    @Test
    void everyMethodOfTheMap_isThere() throws IOException {
        Matcher named = Pattern.compile("`([a-z]+)/([A-Z]\\w+)\\.(\\w+)`")
                .matcher(Files.readString(Path.of("src/site/markdown/ARCHITECTURE.md")));
        int found = 0;
        while (named.find()) {
            String type = "dev.duocollector." + named.group(1) + "." + named.group(2);
            Path source = Path.of("src/main/java", type.replace('.', '/') + ".java");
            assertThat(source).as(named.group()).exists();
            assertThat(Files.readString(source))
                    .as(named.group())
                    .containsPattern("[ .]" + named.group(3) + "\\(.*\\{");
            found++;
        }
        assertThat(found).isGreaterThan(10);
    }
}
