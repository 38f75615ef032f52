// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.cli.CommandLines;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where each command of the runnable jar prints what: results to standard output, all else to standard error. */
@TestInstance(Lifecycle.PER_CLASS)
class OutputIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As in camelCase, or as Duo names the id of an event. */
    private static final Pattern NAME = Pattern.compile("[a-z]+([A-Z][a-z]+)*|telephony_id|txid");

    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ].*");
    private static final Pattern TIME_IN_UTC = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");

    private final CollectorJar jar = CollectorJar.built();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private final World world = World.inRealTime();
    private Path folder = Path.of("");

    /** Two logs, one of which has been collected. */
    @BeforeAll
    void collect(@TempDir Path ofAll) {
        folder = ofAll;
        world.set("duo.logs", "telephony,authentication");
        world.events.add(
                new MadeUpEvents(1).spread(10, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(20))));
        try (CollectorProcess once = start("once", "--log", "telephony")) {
            assertThat(once.exitCode()).as(once.output()).isZero();
        }
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void json_isOneDocument_andAllThereIs() throws IOException {
        String range = " --from " + now.minus(Duration.ofHours(1)) + " --to " + now.minus(Duration.ofMinutes(10));
        Map<String, Integer> exitCodes = new LinkedHashMap<>();
        exitCodes.put("check", 0);
        exitCodes.put("config", 0);
        exitCodes.put("status", 0);
        exitCodes.put("state show", 0);
        exitCodes.put("verify --log telephony" + range, 0);
        exitCodes.put("verify --log authentication" + range, 0);
        exitCodes.put("state show --max-lag 1m", 1);
        exitCodes.put("cluster check", 2);
        String[] commandLines = exitCodes.keySet().stream()
                .map(commandLine -> commandLine + " --json")
                .toArray(String[]::new);

        try (CollectorProcess process = startAll(commandLines)) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput()).matches("[\\p{ASCII}]+");
            List<JsonNode> documents = JSON.readerFor(JsonNode.class)
                    .<JsonNode>readValues(process.standardOutput())
                    .readAll();
            assertThat(documents)
                    .extracting(document -> document.path("exitCode").asInt(-1))
                    .containsExactlyElementsOf(exitCodes.values());
            List<String> flaws = new ArrayList<>();
            documents.forEach(document -> look(document, flaws));
            assertThat(flaws).isEmpty();
            process.assertNothingSecret();
        }
    }

    /** The log's level is set once in a process, so that one command line has one of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"", " --quiet"})
    void quiet_leavesTheResultAlone(String quiet) {
        String range = " --from " + now.minus(Duration.ofHours(1)) + " --to " + now.minus(Duration.ofMinutes(10));

        try (CollectorProcess process = start(("verify --log telephony" + range + quiet).split(" "))) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput()).contains("10 events");
            assertThat(process.standardError().isEmpty())
                    .as(process.standardError())
                    .isEqualTo(!quiet.isEmpty());
        }
    }

    private static void look(JsonNode node, List<String> flaws) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!NAME.matcher(member.getKey()).matches()) {
                flaws.add("name " + member.getKey());
            }
        }
        node.forEach(below -> look(below, flaws));
        if (node.isTextual()
                && TIME.matcher(node.asText()).matches()
                && !TIME_IN_UTC.matcher(node.asText()).matches()) {
            flaws.add("time " + node.asText());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "check,                           a run would succeed.",
        "config,                          duo.page.size=",
        "status,                          telephony",
        "state show,                      s3://",
        "once --dry-run --log telephony,  Nothing was written.",
        "state set-through now-3d --dry-run --log telephony, Nothing was changed (--dry-run).",
        "cluster ddl,                     CREATE TABLE",
        "completion bash,                 COMPREPLY",
        "help --man,                      .SH",
    })
    void result_isOnStandardOutput_andNothingElse(String commandLine, String result) {
        try (CollectorProcess process = start(commandLine.split(" "))) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput()).contains(result);
            assertThat(process.standardError().lines())
                    .as("the log, if there is any")
                    .allMatch(line -> line.matches("\\S+Z (INFO|WARN) .*"));
        }
    }

    @Test
    void whatIsWrong_isOnStandardError() {
        Map<String, String> named = Map.of(
                "once --log nothing", "nothing",
                "state show --log activity", "activity",
                "verify --from 2026-11-01 --to x", "'x'",
                "completion fish", "fish",
                "init --batch", "--api-host");
        String[] commandLines = named.keySet().toArray(String[]::new);

        try (CollectorProcess process = startAll(commandLines)) {
            assertThat(process.exitCode()).as(process.output()).isZero();
            assertThat(process.standardOutput()).isEmpty();
            List<String> said = CommandLines.saidByEach(process.standardError());
            for (int i = 0; i < commandLines.length; i++) {
                String ended = CommandLines.ENDED + "2: " + commandLines[i] + "\n";
                assertThat(said.get(i)).endsWith(ended);
                assertThat(said.get(i).replace(ended, "")).contains(named.get(commandLines[i]));
            }
        }
    }

    private CollectorProcess startAll(String... commandLines) {
        return jar.startAll(List.of(), null, folder, CollectorJar.environment(world), commandLines);
    }

    private CollectorProcess start(String... arguments) {
        return jar.start(folder, CollectorJar.environment(world), arguments);
    }
}
