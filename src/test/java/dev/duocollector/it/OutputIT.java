// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where each command of the runnable jar prints what: results to standard output, all else to standard error. */
@TestInstance(Lifecycle.PER_CLASS)
class OutputIT {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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

    @ParameterizedTest
    @CsvSource({
        "check,                                           0",
        "config,                                          0",
        "status,                                          0",
        "state show,                                      0",
        "state show --max-lag 1m,                         1",
        "cluster check,                                   2",
        "verify --log telephony --from FROM --to TO,      0",
        "verify --log authentication --from FROM --to TO, 0",
    })
    void json_isOneDocument_andAllThereIs(String commandLine, int exitCode) throws JsonProcessingException {
        String[] words = (commandLine + " --json --quiet")
                .replace("FROM", now.minus(Duration.ofHours(1)).toString())
                .replace("TO", now.minus(Duration.ofMinutes(10)).toString())
                .split(" ");
        try (CollectorProcess process = start(words)) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
            assertThat(process.standardOutput()).matches("\\p{ASCII}+");
            JsonNode document = JSON.readTree(process.standardOutput());
            assertThat(document.path("exitCode").asInt(-1)).isEqualTo(exitCode);
            List<String> flaws = new ArrayList<>();
            look(document, flaws);
            assertThat(flaws).isEmpty();
            if (exitCode == 0) {
                assertThat(process.standardError()).as("with --quiet").isEmpty();
            }
            process.assertNothingSecret();
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

    @ParameterizedTest
    @CsvSource({
        "once --log nothing,              nothing",
        "state show --log activity,       activity",
        "verify --from 2026-11-01 --to x, x",
        "completion fish,                 fish",
        "init --batch,                    --api-host",
    })
    void whatIsWrong_isOnStandardError(String commandLine, String named) {
        try (CollectorProcess process = start(commandLine.split(" "))) {
            assertThat(process.exitCode()).as(process.output()).isEqualTo(2);
            assertThat(process.standardError()).contains(named);
            assertThat(process.standardOutput()).isEmpty();
        }
    }

    private CollectorProcess start(String... arguments) {
        return jar.start(folder, CollectorJar.environment(world), arguments);
    }
}
