// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.settings.RouteFiles;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An installation of the last release that knew one log of one account only goes on as if nothing had happened. The files in
 * {@code upgrade/one-stream} were recorded with that release, commit 45a67e6, by the same {@link Recording}.
 */
class OneStreamUpgradeTest {

    private static final Path BEFORE = Path.of("src/test/resources/upgrade/one-stream");

    /** Shown besides: how many streams there are, what is wrong with some of them, and when the last run ended. */
    private static final Set<String> ADDED = Set.of(
            "duo_telephony_streams",
            "duo_telephony_settings_problems",
            "duo_telephony_verify_missing",
            "duo_telephony_verify_timestamp_seconds",
            "duo_telephony_streams_configured",
            "duo_telephony_last_run_timestamp_seconds");

    private static final Pattern SAMPLE =
            Pattern.compile("^(duo_\\w+)(?:\\{([^}]*)})? \\S+( \\S+)?$", Pattern.MULTILINE);

    private static Recording.Texts now;
    private static Recording.Texts ofChoices;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeTheSameRuns(@TempDir Path secondPlace) throws Exception {
        now = Recording.ofDefaults(BEFORE, secondPlace);
        ofChoices = Recording.ofChoices(BEFORE, secondPlace);
    }

    /** To the byte, but for what differs with each run: write ids, and in S3's headers what the AWS SDK makes of the time. */
    @Test
    void requestsObjectsAndStates_areThoseOfBefore() {
        assertThat(BEFORE.resolve("requests.txt")).hasContent(now.requests());
        assertThat(BEFORE.resolve("choices-requests.txt")).hasContent(ofChoices.requests());
    }

    @Test
    void logHealthStateAndMetrics_areThoseOfBefore_butForTwoMetrics() {
        Map<Boolean, String> lines = now.observed()
                .lines()
                .collect(Collectors.partitioningBy(
                        line -> ADDED.stream().anyMatch(name -> line.matches("(# \\w+ )?" + name + "\\b.*")),
                        Collectors.joining("\n")));

        assertThat(BEFORE.resolve("observed.txt")).hasContent(lines.get(false));
        assertThat(BEFORE.resolve("choices-observed.txt")).hasContent(ofChoices.observed());
        assertThat(lines.get(true))
                .contains("\nduo_telephony_streams 1.0")
                .contains("\nduo_telephony_settings_problems 0.0");
    }

    @ParameterizedTest
    @MethodSource("queries")
    void queriesOfDashboardAndAlerts_findWhatTheyFound(String query) {
        Map<String, Set<String>> labels = labelsNow();
        PromQl names = PromQl.of(query);

        assertThat(names.metrics()).isNotEmpty().isSubsetOf(labels.keySet());
        assertThat(names.labels())
                .isSubsetOf(Stream.concat(
                                Stream.of("instance"),
                                names.metrics().stream().flatMap(name -> labels.get(name).stream()))
                        .toList());
        assertThat(names.metrics())
                .as("of one series an instance, unless it has labels of its own")
                .allSatisfy(name -> assertThat(labels.get(name)).doesNotContain("account", "log"));
    }

    /** But that on Kubernetes' own metrics. */
    static Stream<String> queries() throws IOException {
        return Files.readAllLines(BEFORE.resolve("queries.txt")).stream().filter(query -> !query.contains("kube_"));
    }

    private static Map<String, Set<String>> labelsNow() {
        Map<String, Set<String>> labels = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(now.observed());
        while (sample.find()) {
            Set<String> own = labels.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
            if (sample.group(2) != null) {
                Pattern.compile("(\\w+)=\"")
                        .matcher(sample.group(2))
                        .results()
                        .forEach(label -> own.add(label.group(1)));
            }
        }
        return labels;
    }

    /** As Camel JBang has it, or an application that names no other place: that file alone, which does not name the logs. */
    @Test
    void theWholeFileOfBefore_isEnough() throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getPropertiesComponent().setLocation("file:" + BEFORE.resolve("application.properties"));
            Properties required = new Properties();
            required.putAll(Map.of(
                    "duo.api.host",
                    World.API_HOST,
                    "duo.ikey",
                    World.IKEY,
                    "duo.skey",
                    World.SKEY,
                    "s3.bucket",
                    "logs"));
            context.getPropertiesComponent().setOverrideProperties(required);
            context.init();

            Settings settings = Settings.examine(context);

            assertThat(settings.problems()).isEmpty();
            assertThat(settings.ofEachLog())
                    .singleElement()
                    .satisfies(only -> assertThat(only.log().stateKey()).isEqualTo(World.STATE_KEY))
                    .satisfies(only -> assertThat(only.log().prefix()).hasToString("duo-telephony"));
        }
    }

    /** A route file that an operator had changed stops the start with a line that says why; steps of their own do not. */
    @Test
    void changedRouteFiles_areRefused_byTheirContractVersion() throws IOException {
        Set<String> files = new TreeSet<>();
        try (DirectoryStream<Path> shipped = Files.newDirectoryStream(Path.of("routes"), "*.camel.yaml")) {
            for (Path file : shipped) {
                String name = String.valueOf(file.getFileName()).replace(".camel.yaml", "");
                files.add(name);
                Files.writeString(
                        folder.resolve(name + ".camel.yaml"),
                        Files.readString(file).replaceAll("contract-\\d+", "contract-4"));
            }
        }
        for (String own : Set.of("event-steps", "nightly")) {
            Path file = Path.of("routes", own + ".camel.yaml");
            Files.writeString(folder.resolve(file.getFileName()), Files.readString(BEFORE.resolve(file)));
            files.remove(own);
        }
        CamelApplication application =
                CamelApplication.inContainer(Map.of(), folder, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);

        SettingsException refused =
                Assertions.catchThrowableOfType(SettingsException.class, application::startCollecting);

        assertThat(refused.problems())
                .filteredOn(problem -> problem.contains(folder.toString()))
                .allMatch(problem ->
                        problem.contains("its contract version is 4, and the jar's is " + RouteFiles.CONTRACT))
                .extracting(problem -> problem.replaceAll("(?s).*/([a-z-]+)\\.camel\\.yaml.*", "$1"))
                .containsExactlyInAnyOrderElementsOf(files);
    }
}
