// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.duocollector.metrics.Metric;
import dev.duocollector.settings.StreamName;
import dev.duocollector.simulator.MadeUpEvents;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What documents, dashboard and alerts say of the metrics, held against those that a run exposes. */
class ObservationDocumentsTest {

    private static final Path PAGE = Path.of("src/site/markdown/MONITORING.md");
    private static final Path DASHBOARD = Path.of("src/deploy/grafana/duo-telephony.json");
    private static final Path ALERTS = Path.of("src/deploy/prometheus/duo-telephony.rules.yaml");

    /** The labels that Prometheus adds to what it scrapes, a push gateway's group, and what several logs add. */
    private static final Set<String> ADDED_LABELS =
            Set.of("instance", "job", "pod", "node", StreamName.LOG, StreamName.ACCOUNT);

    /**
     * What kube-state-metrics exposes for a CronJob, and its labels
     * (https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/workload/cronjob-metrics.md, read 2026-11-26).
     */
    private static final Set<String> OF_KUBERNETES =
            Set.of("kube_cronjob_created", "kube_cronjob_status_last_successful_time");

    private static final Set<String> LABELS_OF_KUBERNETES = Set.of("namespace", "cronjob");

    private static Set<String> exposed = Set.of();

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final YAMLMapper YAML = new YAMLMapper();

    @Test
    void theTable_isTheCodes() throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `duo_telephony_"))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Metric.values())
                        .map(ObservationDocumentsTest::row)
                        .toList());
    }

    private static String row(Metric metric) {
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %s | %s |",
                metric.prometheusName(),
                metric.type().name().toLowerCase(Locale.ROOT),
                metric.unit(),
                metric.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", ")),
                metric.meaning());
    }

    @Test
    void aScrape_hasTheTablesMetricsAndNoOther() {
        assertThat(exposed)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Metric.values())
                        .map(Metric::prometheusName)
                        .toList());
    }

    @Test
    void dashboardAndAlerts_askForWhatIsExposed() throws IOException {
        Set<String> labels = Arrays.stream(Metric.values())
                .flatMap(metric -> metric.labels().stream())
                .collect(Collectors.toCollection(() -> new TreeSet<>(ADDED_LABELS)));
        Set<String> asked = new TreeSet<>();
        for (String expression : expressions()) {
            PromQl names = PromQl.of(expression);
            boolean ofKubernetes = expression.contains("kube_");
            assertThat(names.metrics()).as(expression).isNotEmpty().isSubsetOf(ofKubernetes ? OF_KUBERNETES : exposed);
            assertThat(names.labels()).as(expression).isSubsetOf(ofKubernetes ? LABELS_OF_KUBERNETES : labels);
            asked.addAll(names.metrics());
        }

        assertThat(asked).as("metrics that somebody looks at").hasSizeGreaterThan(15);
    }

    /** A picker that changes only some lines of a panel would compare one account with all. */
    @Test
    void dashboardsPickers_areInEveryPanelOfAStreamsMetrics_andInNoOther() throws IOException {
        Set<String> pickers = new TreeSet<>();
        JsonNode dashboard = JSON.readTree(DASHBOARD.toFile());
        dashboard
                .at("/templating/list")
                .forEach(each -> pickers.add(each.path("name").asText()));
        assertThat(pickers).contains("instance", StreamName.ACCOUNT, StreamName.LOG);
        int ofStreams = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            List<String> expressions = new ArrayList<>();
            panel.path("targets")
                    .forEach(each -> expressions.add(each.path("expr").asText()));
            boolean isOfStream = expressions.stream()
                    .anyMatch(
                            each -> PromQl.of(each).metrics().stream().anyMatch(ObservationDocumentsTest::isOfStream));
            ofStreams += isOfStream ? 1 : 0;
            for (String expression : expressions) {
                assertThat(expression).as(panel.path("title").asText()).contains("instance=~\"$instance\"");
                assertThat(expression.contains("account=~\"$account\",log=~\"$log\""))
                        .as(expression)
                        .isEqualTo(isOfStream);
            }
        }
        assertThat(ofStreams).isGreaterThan(4);
    }

    /** Of a sum over all, there is no account to name. */
    @Test
    void alertOnAStream_namesIt() throws IOException {
        int named = 0;
        for (JsonNode rule : rules()) {
            String expression = rule.path("expr").asText();
            boolean isOfStream = PromQl.of(expression).metrics().stream().anyMatch(ObservationDocumentsTest::isOfStream)
                    && !expression.startsWith("absent(")
                    && !expression.contains("account, log)")
                    && !expression.contains("by (instance)");
            String summary = rule.path("annotations").path("summary").asText();
            assertThat(summary.contains("$labels.account") && summary.contains("$labels.log"))
                    .as(summary)
                    .isEqualTo(isOfStream);
            named += isOfStream ? 1 : 0;
        }
        assertThat(named).isGreaterThan(4);
    }

    private static boolean isOfStream(String name) {
        return Arrays.stream(Metric.values())
                .anyMatch(metric -> metric.prometheusName().equals(name) && metric.isOfStream());
    }

    @Test
    void everyAlert_isExplained() throws IOException {
        String page = Files.readString(PAGE);
        List<JsonNode> rules = rules();

        assertThat(rules).hasSizeGreaterThan(5);
        for (JsonNode rule : rules) {
            assertThat(page).contains("| `" + rule.path("alert").asText() + "` |");
            assertThat(rule.path("labels").path("severity").asText()).isIn("critical", "warning");
            assertThat(rule.path("annotations").path("summary").asText()).endsWith(".");
            assertThat(rule.path("annotations").path("description").asText()).endsWith(".");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "up | up | ",
                "a_total{b=\"c_d\", e!~\"f\"}[5m] > 3e3 | a_total | b,e",
                "sum by (x, y) (rate(a_b[$__rate_interval])) / ignoring(z) c:d offset 5m | a_b,c:d | x,y,z",
                "absent(a) or (b unless on (c) d) and 2 * e_seconds | a,b,d,e_seconds | c",
                "label_values(a_total, instance) | a_total | instance",
            })
    void names_areFoundInAnExpression(String expression, String metrics, String labels) {
        PromQl names = PromQl.of(expression);

        assertThat(names.metrics()).isEqualTo(new TreeSet<>(List.of(metrics.split(","))));
        assertThat(names.labels()).isEqualTo(labels == null ? Set.of() : new TreeSet<>(List.of(labels.split(","))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"duo_telephony_events_total", "duo_telephony_lag", "duo_telephony_runs"})
    void aNameThatNothingExposes_isSeen(String name) {
        assertThat(exposed).isNotEmpty().doesNotContain(name);
    }

    @Test
    void brokenFiles_areRefused() throws IOException {
        String dashboard = Files.readString(DASHBOARD);
        String alerts = Files.readString(ALERTS);

        assertThatThrownBy(() -> JSON.readTree(dashboard.substring(0, dashboard.length() / 2)))
                .isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> JSON.readTree(dashboard + "}")).isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> YAML.readTree(alerts.replace("    rules:", "   rules")))
                .isInstanceOf(JsonProcessingException.class);
    }

    private static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        Routes.walk(JSON.readTree(DASHBOARD.toFile()), (name, node) -> {
            if (name.equals("expr") || name.equals("definition")) {
                expressions.add(node.asText());
            }
        });
        int ofDashboard = expressions.size();
        rules().forEach(rule -> expressions.add(rule.path("expr").asText()));
        assertThat(ofDashboard).isGreaterThan(10);
        return expressions;
    }

    private static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        for (JsonNode group : YAML.readTree(ALERTS.toFile()).path("groups")) {
            group.path("rules").forEach(rules::add);
        }
        return rules;
    }

    /** Makes a run, and notes the names of all that a scrape then shows. */
    @BeforeAll
    static void scrape() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (World world = new World()) {
            world.events.add(new MadeUpEvents(1)
                    .spread(3, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(5))));
            try (TestCollector collector = TestCollector.start(world.settings, world.clock, registry)) {
                collector.run();
            }
        }
        exposed = Pattern.compile("^([a-zA-Z_:][a-zA-Z0-9_:]*)[ {]", Pattern.MULTILINE)
                .matcher(registry.scrape())
                .results()
                .map(MatchResult::group)
                .map(name -> name.substring(0, name.length() - 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
