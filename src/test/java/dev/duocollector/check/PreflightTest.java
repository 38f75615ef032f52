// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import static dev.duocollector.simulator.Misbehavior.clockSkew;
import static dev.duocollector.simulator.Misbehavior.forbidden;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelApplication;
import dev.duocollector.check.Check.Outcome;
import dev.duocollector.cli.ConfigCommand;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.RawServer;
import dev.duocollector.testing.TlsServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What check makes of settings, routes and Duo, and what config and the dry run show and leave alone. */
class PreflightTest {

    private final World world = World.inRealTime();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        world.close();
    }

    // ---- check.

    @Test
    void everythingPasses_withOneRequestForOneEvent() {
        List<Check> checks = run();

        assertThat(checks).filteredOn(check -> check.outcome().isFailure()).isEmpty();
        assertThat(world.duo.requests()).hasSize(1);
        assertThat(world.duoProxy.requests().get(0).target()).contains("limit=1&");
        assertThat(world.everything()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "duo.page.size | 5000                      | settings  | duo.page.size is '5000'",
                "duo.lookback  | 400d                      | settings  | duo.lookback is '400d'",
                "s3.prefix     | a/${b}                    | settings  | s3.prefix",
                "duo.ikey      | ''                        | settings  | duo.ikey is not set",
                "duo.skey      | {{not.there}}             | settings  | duo.skey has the placeholder {{not.there}}",
                "state.key     | duo-telephony/state.json  | state-key | is inside s3.prefix"
            })
    void wrongSetting_isACross_andWhatDoesNotNeedItIsChecked(String setting, String value, String name, String said) {
        world.set(setting, value);

        List<Check> checks = run();

        assertOnlyCross(checks, name, Outcome.FAIL_OPERATOR, said);
        boolean needsDuo = setting.equals("duo.ikey") || setting.equals("duo.skey");
        boolean needsS3 = setting.equals("s3.prefix") || setting.equals("state.key");
        assertThat(outcome(checks, "duo-read-log")).isEqualTo(needsDuo ? Outcome.SKIPPED : Outcome.PASS);
        assertThat(outcome(checks, "s3-bucket")).isEqualTo(needsS3 ? Outcome.SKIPPED : Outcome.PASS);
    }

    @Test
    void programThatDoesNotStart_isACross() {
        world.set("camel.main.no-such-option", "1");

        assertOnlyCross(run(), "routes", Outcome.FAIL_OPERATOR, "camel.main.noSuchOption does not exist");
    }

    @ParameterizedTest
    @CsvSource({
        "https://a-label-of-more-than-63-characters-which-is-more-than-a-name-may-have.invalid, duo-name",
        "http://127.0.0.1:1, duo-connection"
    })
    void duoOutOfReach_mayPass(String baseUrl, String name) {
        world.set("duo.base-url", baseUrl);

        assertOnlyCross(run(), name, Outcome.FAIL_AGAIN, "No usable answer from Duo");
    }

    @Test
    void certificateThatIsNotTrusted_namesTheTruststore() throws Exception {
        try (TlsServer server = TlsServer.start(folder, "localhost", "{}")) {
            world.set("duo.base-url", server.uri().toString());

            assertOnlyCross(run(), "duo-tls", Outcome.FAIL_OPERATOR, "is not trusted", "trustStore");
        }
    }

    @Test
    void duoThatFails_mayPass() {
        world.duoProxy.plan(FaultPlan.every(1, request -> true, Fault.ANSWER_503));

        assertOnlyCross(run(), "duo-answer", Outcome.FAIL_AGAIN, "without Duo's JSON");
        assertThat(world.duoProxy.requests()).as("no retry").hasSize(1);
    }

    /** What stands between may speak any HTTP; only Duo's own JSON shows that Duo was reached, and what it thinks. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | <html>sign in</html>",
                "401 | ''",
                "401 | {\"error\":\"unauthorized\"}",
                "403 | <html>blocked</html>",
                "403 | {\"code\":403,\"message\":\"Forbidden\"}",
                "404 | <html>no such page</html>",
                "500 | <html>oops</html>",
                "502 | <html>bad gateway</html>",
                "200 | <html>welcome</html>",
            })
    void answerOfAnother_ticksNeitherTlsNorCredentials(int status, String body) {
        world.duo.misbehave(1, 1, call -> Answer.ok(body).withStatus(status));

        List<Check> checks = run();

        assertOnlyCross(checks, "duo-answer", Outcome.FAIL_AGAIN, status == 200 ? "not a page" : "HTTP " + status);
        assertThat(List.of("duo-tls", "duo-clock", "duo-credentials", "duo-read-log"))
                .allSatisfy(name -> assertThat(outcome(checks, name)).as(name).isEqualTo(Outcome.SKIPPED));
    }

    /** The positive control of the one before. */
    @Test
    void refusalOfDuos_ticksTheAnswer_andCrossesTheCredentials() {
        world.duo.misbehave(1, 1, call -> Answer.failure(40103, "Invalid signature in request credentials", ""));

        List<Check> checks = run();

        assertOnlyCross(checks, "duo-credentials", Outcome.FAIL_OPERATOR, "Duo refused the signature");
        assertThat(outcome(checks, "duo-answer")).isEqualTo(Outcome.PASS);
    }

    @ParameterizedTest
    @CsvSource({
        "407, FAIL_OPERATOR, wants credentials",
        "403, FAIL_AGAIN, makes no connection",
        "502, FAIL_AGAIN, makes no connection"
    })
    void proxyThatRefuses_isTheConnectionsCross(int status, Outcome outcome, String said) {
        try (RawServer proxy = RawServer.start()) {
            proxy.answer(status + " No", "<html>no</html>", "Proxy-Authenticate: Basic realm=\"p\"");
            world.set("duo.base-url", "https://" + World.API_HOST).set("duo.proxy", "http://127.0.0.1:" + proxy.port());

            List<Check> checks = run();

            assertOnlyCross(checks, "duo-connection", outcome, said, "duo.proxy");
            assertThat(outcome(checks, "duo-tls")).isEqualTo(Outcome.SKIPPED);
            assertThat(proxy.requests()).singleElement().asString().startsWith("CONNECT " + World.API_HOST + ":443 ");
        }
    }

    @ParameterizedTest
    @CsvSource({"90, pass", "-90, pass", "1200, skipped"})
    void clockThatIsOff_isACross(int seconds, String credentials) {
        world.duo.misbehave(1, 1, clockSkew(Duration.ofSeconds(seconds)));

        List<Check> checks = run();

        assertOnlyCross(
                checks, "duo-clock", Outcome.FAIL_OPERATOR, seconds > 0 ? "s behind Duo's" : "s ahead of Duo's");
        assertThat(outcome(checks, "duo-credentials").word()).isEqualTo(credentials);
    }

    @Test
    void credentialsOfNobody_areACross() {
        world.set("duo.skey", "not-" + World.SKEY);

        assertOnlyCross(run(), "duo-credentials", Outcome.FAIL_OPERATOR, "Duo refused the signature", "duo.skey");
        world.duo.takeRefusal(40103);
    }

    @Test
    void missingGrant_isACross() {
        world.duo.misbehave(1, 1, forbidden());

        assertOnlyCross(run(), "duo-read-log", Outcome.FAIL_OPERATOR, "Grant read log");
    }

    @Test
    void missingRegion_isACross() {
        world.set("s3.region", "");
        String before =
                System.setProperty("aws.configFile", folder.resolve("none").toString());
        try {
            assertOnlyCross(run(), "s3-region", Outcome.FAIL_OPERATOR, "Setting s3.region is not set");
        } finally {
            if (before == null) {
                System.clearProperty("aws.configFile");
            }
        }
    }

    // ---- How it is told.

    @Test
    void lines_haveWordsWhereTheCharsetHasNoSigns() {
        for (var charset : List.of(StandardCharsets.UTF_8, StandardCharsets.US_ASCII)) {
            CheckReport report = new CheckReport("a run would succeed.", out, false, charset);
            report.add(Check.pass("a", "fine"));
            report.add(Check.fail("b", "broken", "Mend it."));
            report.add(Check.skipped("c", "b failed"));

            assertThat(report.end()).isEqualTo(2);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(
                        "✓ a ",
                        "✗ b ",
                        "– c ",
                        "ok   a ",
                        "FAIL b ",
                        "-    c ",
                        "Mend it.",
                        "1 passed, 1 failed, 1 not");
    }

    // ---- config.

    @Test
    void config_saysWhereEachSettingComesFrom_andKeepsTheKeys() throws Exception {
        Files.writeString(folder.resolve("application.properties"), "duo.lag=3m\n");
        Map<String, String> environment = Map.of("DUO_OVERLAP", "11m", "DUO_PAGE_SIZE", "0");

        int exitCode =
                ConfigCommand.print(SettingSources.of(environment, folder), Map.of("duo.skey", World.SKEY), out, false);

        assertThat(exitCode).isEqualTo(2);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("duo.skey=********   (", "duo.lookback=24h   (default)")
                .contains("duo.overlap=11m   (environment variable DUO_OVERLAP)")
                .contains("duo.lag=3m   (application.properties in the working directory)")
                .contains("In force: " + folder.resolve("application.properties"))
                .contains("duo.page.size=0   (environment variable DUO_PAGE_SIZE)")
                .contains("  WRONG: Setting duo.page.size is '0'. Allowed: a whole number, 1 to 1000.")
                .doesNotContain(World.SKEY);
    }

    @Test
    void config_isRight_andPrintsNoPassword() {
        world.set("duo.proxy", "http://user:pass@proxy.example.org:3128");
        assertThat(ConfigCommand.print(SettingSources.of(Map.of(), folder), world.settings, out, true))
                .isEqualTo(2);
        world.set("duo.proxy", "http://proxy.example.org:3128");
        assertThat(ConfigCommand.print(SettingSources.of(Map.of(), folder), world.settings, out, true))
                .isZero();

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("\"name\" : \"duo.proxy\"", "\"exitCode\" : 0", "proxy.example.org:3128")
                .doesNotContain("pass@", World.SKEY, World.IKEY);
    }

    // ---- once --dry-run.

    @Test
    void dryRun_tellsAndWritesNothing() {
        Instant now = Instant.now();
        world.events.add(
                new MadeUpEvents(1).spread(5, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));

        assertThat(dryRun()).isZero();

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("the first one.", "5 events, 5 of them new", "Nothing was written.");
        assertThat(world.s3Proxy.requests()).isNotEmpty().noneMatch(ProxiedRequest::isWrite);
        assertThat(world.everything()).isEmpty();

        CamelApplication.withoutSchedule(Map.of(), world.settings).runOnce();
        assertThat(world.s3Proxy.requests()).as("a run writes").anyMatch(ProxiedRequest::isWrite);
        assertThat(world.lines()).hasSize(5);
    }

    @Test
    void dryRun_failsAsOnceWould() {
        world.duo.misbehave(1, 1, forbidden());
        assertThat(dryRun()).isEqualTo(2);
        world.duoProxy.plan(FaultPlan.every(1, request -> true, Fault.ANSWER_503));
        assertThat(dryRun()).isEqualTo(1);
        assertThat(printed.size()).isZero();
    }

    // ---- Tools.

    private int dryRun() {
        return CamelApplication.withoutSchedule(Map.of(), world.settings).dryRun(out, false);
    }

    private List<Check> run() {
        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks.toString()).doesNotContain(World.SKEY, World.s3().secretKey());
        return checks;
    }

    private static void assertOnlyCross(List<Check> checks, String name, Outcome outcome, String... said) {
        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.name()).isEqualTo(name);
                    assertThat(check.outcome()).isEqualTo(outcome);
                    assertThat(check.detail() + " " + check.remedy()).contains(said);
                });
    }

    private static Outcome outcome(List<Check> checks, String name) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow()
                .outcome();
    }
}
