// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The alerts' own test, {@code duo-telephony.rules-test.yaml}, run by Prometheus' promtool. Where that is not on the path, what
 * needs it is skipped, and says so.
 */
class AlertsTest {

    private static final Path FOLDER = Path.of("src", "deploy", "prometheus");
    private static final String RULES = "duo-telephony.rules.yaml";
    private static final String TEST = "duo-telephony.rules-test.yaml";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String SKIPPED =
            "SKIPPED: the alerts were not tested, since promtool is not on the path. Debian's package prometheus has it.";

    /** It takes seconds; a machine with other work has minutes. */
    private static final long MINUTES_MAX = 5;

    @TempDir
    Path copy;

    /** Whatever is on the path: each alert fires in some test, and in another one it does not. */
    @Test
    void everyAlert_isSeenToFire() throws IOException {
        Set<String> alerts = new TreeSet<>();
        for (JsonNode group : YAML.readTree(read(RULES)).path("groups")) {
            group.path("rules").forEach(rule -> alerts.add(rule.path("alert").asText()));
        }
        Set<String> fired = new TreeSet<>();
        int quiet = 0;
        for (JsonNode test : YAML.readTree(read(TEST)).path("tests")) {
            for (JsonNode look : test.path("promql_expr_test")) {
                quiet += look.path("exp_samples").isEmpty() ? 1 : 0;
                Pattern.compile("alertname=\"(\\w+)\"")
                        .matcher(look.path("exp_samples").toString().replace("\\\"", "\""))
                        .results()
                        .forEach(name -> fired.add(name.group(1)));
            }
        }

        assertThat(alerts).hasSizeGreaterThan(5);
        assertThat(fired).isEqualTo(alerts);
        assertThat(quiet).as("looks at which nothing fires").isGreaterThan(10);
    }

    @Test
    void alerts_fireWhenTheyShould_andOnlyThen() throws IOException, InterruptedException {
        if (promtool().isEmpty()) {
            // Maven counts skipped tests, and does not say why.
            System.out.println(SKIPPED);
        }
        Result result = promtool(read(RULES));

        assertThat(result.output()).contains("SUCCESS");
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    /** Each is a rule with something taken out that a false alarm, or a missed one, has taught. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the hour after a start counts        | time() - duo_telephony_started_timestamp_seconds < 3700 | time() - duo_telephony_started_timestamp_seconds < 1
            a run by a timer is always new       | and on (instance) duo_telephony_last_success_age_seconds | and on (instance) duo_telephony_started_timestamp_seconds
            a run that catches up counts         | [1h]) > 2 * 3600   | [1h]) > 20 * 3600
            the average is that of a whole week  | / on (instance) max by (instance) (count_over_time(duo_telephony_covered_through_timestamp_seconds[7d:1h])) | / 168
            five times may be fifty              | > on (instance) 5 * sum | > on (instance) 50 * sum
            who has never succeeded is not late  | or duo_telephony_started_timestamp_seconds{account=""} | ``
            an account is, too                   | or min without (instance, pod, node) (duo_telephony_started_timestamp_seconds{account!=""}) | ``
            what another node ran since counts   | {account!=""} < ignoring (instance, pod, node) group_left () | {account!=""} > ignoring (instance, pod, node) group_left ()
            what a dead node has done is nothing | max_over_time(duo_telephony_last_success_timestamp_seconds{account!=""}[3h]) | duo_telephony_last_success_timestamp_seconds{account!=""}
            each node must succeed               | max without (instance, pod, node) (max_over_time(duo_telephony_last | (max_over_time(duo_telephony_last
            each node must be up to date         | max without (instance, pod, node) (max_over_time(duo_telephony_cov | (max_over_time(duo_telephony_cov
            each node is held up by itself       | or max without (outcome, instance, pod, node) ( | or max without (outcome) (
            a shard knows its own logs only      | max without (instance, pod, node) (duo_telephony_streams_configured) | max without (instance, pod, node) (duo_telephony_streams)
            a log of another shard is gone       | unless duo_telephony_streams_configured >= max_over_time(duo_telephony_streams_configured[1d]) | ``
            a CronJob without a success is not   | or kube_cronjob_created{cronjob="duo-telephony-collector"} | ``
            every CronJob counts                 | kube_cronjob_status_last_successful_time{cronjob="duo-telephony-collector"} | kube_cronjob_status_last_successful_time
            a gap before the first scrape counts | or (duo_telephony_gaps_total > 0 unless duo_telephony_gaps_total offset 1d) | ``
            what it counts is told for ever      | unless duo_telephony_events_missing_total offset 1d | ``
            the account is not named             | {{ with $labels.account }} of {{ . }}{{ end }} | ``
            another metric is absent             | absent(duo_telephony_started_timestamp_seconds) | absent(duo_telephony_started)
            """)
    void aRuleWithoutOneOfItsReasons_isNoticed(String what, String right, String wrong)
            throws IOException, InterruptedException {
        String rules = read(RULES);
        assertThat(rules).as(what).contains(right);

        Result result = promtool(rules.replace(right, wrong));

        assertThat(result.exitCode()).as("%s: %s", what, result.output()).isNotZero();
        assertThat(result.output()).as(what).contains("FAILED").doesNotContain("parse error");
    }

    private record Result(int exitCode, String output) {}

    private Result promtool(String rules) throws IOException, InterruptedException {
        Path promtool = promtool().orElseGet(() -> abort(SKIPPED));
        Files.writeString(copy.resolve(RULES), rules);
        Files.writeString(copy.resolve(TEST), read(TEST));
        Process process = new ProcessBuilder(promtool.toString(), "test", "rules", TEST)
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).isTrue();
            return new Result(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Path> promtool() {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String read(String file) {
        return PolicyFiles.read(FOLDER.resolve(file));
    }
}
