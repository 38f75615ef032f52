// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.forbidden;
import static dev.duocollector.simulator.Misbehavior.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.cluster.ClusterHealth;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.metrics.RunMetrics;
import dev.duocollector.page.StatusPage;
import dev.duocollector.run.OtherNodes;
import dev.duocollector.run.RunListener;
import dev.duocollector.run.RunReport;
import dev.duocollector.settings.Shard;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the status page says of streams, in each state that runs leave them in. */
class PageStatesTest {

    private static final String NO_SCHEDULE = """
            - route:
                id: schedule
                from:
                  uri: direct:never
                  steps:
                    - to: direct:telephony
            - beans: [{name: schedule-contract-6, type: java.lang.Object}]
            """;

    @TempDir
    private Path folder;

    private final World world = new World().set("duo.page.size", "2").set("duo.retry.max-elapsed", "0s");
    private final Browser browser = new Browser();

    @AfterEach
    void close() {
        browser.close();
        world.close();
    }

    private TestCollector start() {
        TestCollector collector =
                TestCollector.start(world.settings, world.clock, Map.of("schedule.camel.yaml", NO_SCHEDULE));
        metrics(collector).keepLastDays();
        return collector;
    }

    private TestCollector scheduled() {
        world.set("duo.schedule", "0 0 * * * ?").set("duo.schedule.auto-startup", "true");
        return start();
    }

    private static RunMetrics metrics(TestCollector collector) {
        return collector.context().getRegistry().lookupByNameAndType("metrics", RunMetrics.class);
    }

    private HtmlPage page(TestCollector collector) {
        StatusPage.Answer answer =
                StatusPage.of(collector.context(), metrics(collector)).answer("GET", null);
        assertThat(answer.status()).isEqualTo(200);
        return browser.show(answer.body());
    }

    /** The only stream's state and what is said of it, as one text. */
    private String state(TestCollector collector) {
        List<DomElement> cells = page(collector).getByXPath("//td[@class='of-state']");
        assertThat(cells).hasSize(1);
        return cells.get(0).getVisibleText();
    }

    private void events(int count) {
        world.events.add(
                new MadeUpEvents(1).spread(count, before(Duration.ofMinutes(50)), before(Duration.ofMinutes(5))));
    }

    private Instant before(Duration age) {
        return world.clock.instant().minus(age);
    }

    @Test
    void beforeTheFirstRun_saysSo() {
        try (TestCollector collector = start()) {
            assertThat(state(collector))
                    .startsWith("No run yet")
                    .contains("No run has ended since 2026-11-23 08:00 UTC.", "duo.schedule.auto-startup");
            assertThat(page(collector).getBody().getVisibleText())
                    .contains("1 log, none in trouble.", World.API_HOST, "not known yet", "none here yet");
        }
        try (TestCollector collector = scheduled()) {
            assertThat(state(collector)).startsWith("No run yet").doesNotContain("auto-startup");
        }
    }

    @Test
    void afterARun_showsHowFar_andWhatWasStored() {
        events(5);
        try (TestCollector collector = start()) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
            world.clock.advance(Duration.ofHours(2));

            assertThat(state(collector)).isEqualTo("Well");
            HtmlPage page = page(collector);
            assertThat(page.getBody().getVisibleText())
                    .contains("2026-11-23 07:57", "2 h 2 min ago", "2026-11-23 08:00", "done, took")
                    .contains("5 events in 24 hours", "credits in 24 hours")
                    .contains("As of 2026-11-23 10:00 UTC", "since 2026-11-23 08:00");
            assertThat(page.<DomElement>getByXPath("//*[local-name()='g']/*[local-name()='title']"))
                    .extracting(DomElement::getTextContent)
                    .contains("08:00 UTC: 5 events", "09:00 UTC: 0 events", "10:00 UTC: 0 events");
        }
    }

    @Test
    void whatNeedsAnOperator_isSaidInTheLogsWords() {
        world.duo.misbehave(1, 1, forbidden());
        try (TestCollector collector = start()) {
            String line = collector.run().line();

            assertThat(state(collector)).startsWith("Needs an operator").contains("\"Grant read log\"", line);
            assertThat(page(collector).getBody().getVisibleText()).contains("1 log: 1 in trouble.");
        }
    }

    @Test
    void whatIsHeldUp_saysByWhat_andIsOverdueInTheEnd() {
        try (TestCollector collector = scheduled()) {
            collector.run();
            world.duo.misbehave(request -> true, rateLimited());
            world.clock.advance(Duration.ofHours(1));
            collector.run();
            assertThat(state(collector)).startsWith("Held up").contains("Duo allows no more requests for now");
            assertThat(page(collector).getBody().getVisibleText())
                    .contains("1 log, none in trouble, 1 held up or behind.", "behind, took");

            world.clock.advance(Duration.ofHours(3));
            assertThat(state(collector))
                    .startsWith("No success")
                    .contains("No run has succeeded since 2026-11-23T08:00:00Z.", "Duo allows no more requests");
        }
    }

    @Test
    void whatReachedItsBound_catchesUp() {
        events(7);
        world.set("max.iterations", "1");
        try (TestCollector collector = start()) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.MORE);

            assertThat(state(collector)).startsWith("Catching up").contains("max.iterations");
        }
    }

    @Test
    void aBatchThatIsLookedForAgain_isRecovering() {
        events(3);
        world.s3Proxy.plan(request ->
                request.isWrite() && request.path().contains("/duo-telephony/") ? Fault.DROP_BEFORE : Fault.NONE);
        try (TestCollector collector = start()) {
            collector.run();
            assertThat(state(collector)).startsWith("Held up");
            world.s3Proxy.plan(FaultPlan.none());
            world.events.clear();

            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.PENDING);
            assertThat(state(collector)).startsWith("Recovering").contains("is not in the bucket");
        }
    }

    /** As while a run is under way: nobody waits for it. */
    @Test
    void aRunUnderWay_isSaid_andMoreSoAfterOneThatFailed() {
        try (TestCollector collector = start()) {
            RunListener runs = metrics(collector);
            RunListener.Delivery page = new RunListener.Delivery(2, 0, 1, 100, 0, new RunListener.Calls());
            runs.delivered(page);
            assertThat(state(collector)).startsWith("Reading").contains("finished a page at 2026-11-23 08:00 UTC");

            runs.ended(new RunReport(RunOutcome.FAILED, "S3 failed."), Duration.ofSeconds(1));
            assertThat(state(collector)).startsWith("Held up").contains("S3 failed.");
            world.clock.advance(Duration.ofMinutes(1));
            runs.delivered(page);
            assertThat(state(collector))
                    .startsWith("Recovering")
                    .contains("finished a page at 2026-11-23 08:01 UTC", "The one before: S3 failed.");
        }
    }

    @Test
    void whatAnotherNodeRan_isLeftToIt() {
        try (TestCollector collector = start()) {
            collector.run();
            collector.context().getRegistry().bind("nodes", (OtherNodes)
                    stream -> Optional.of(World.START.plusSeconds(600)));

            assertThat(state(collector)).startsWith("On another node").contains("ran it at 2026-11-23 08:10 UTC.");
        }
    }

    @Test
    void aWrongFileOfAnAccount_isTold_besideTheOthers() throws IOException {
        world.set("duo.accounts", folder.toString());
        Files.writeString(
                folder.resolve("acme.properties"),
                "duo.api.host=api-00000001.duosecurity.com\nduo.ikey=DI0123456789\n");
        try (TestCollector collector = start()) {
            String text = page(collector).getBody().getVisibleText();
            assertThat(text)
                    .contains("Settings of accounts that are wrong", "acme.properties", "duo.skey")
                    .contains("This account is not collected.", World.API_HOST)
                    .doesNotContain("DI0123456789");
        }
    }

    @Test
    void aShard_saysThatOtherNodesHaveTheRest() {
        world.set("duo.logs", "telephony,authentication,activity");
        world.set("streams.shard", "0/2");
        try (TestCollector collector = start()) {
            Shard shard = new Shard(0, 2);
            long its = List.of("", "/authentication", "/activity").stream()
                    .filter(log -> shard.has(World.API_HOST + log))
                    .count();
            assertThat(page(collector).getBody().getVisibleText())
                    .contains("This node is shard 0/2 and shows its own " + its + " log", "of the 3 configured");
        }
    }

    @Test
    void aNodeOfACluster_saysWhatItShows_andWhatKeepsItAway() {
        world.set("cluster.jdbc-url", "jdbc:postgresql://127.0.0.1:1/cluster").set("cluster.user", "node");
        HealthCheck.State[] state = {HealthCheck.State.DOWN};
        try (TestCollector collector = start()) {
            collector.context().getRegistry().bind(ClusterHealth.ID, new AbstractHealthCheck("duo", ClusterHealth.ID) {
                @Override
                protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
                    builder.state(state[0]).message("The database <i>is away</i>.");
                }
            });
            HtmlPage away = page(collector);
            assertThat(away.getBody().getVisibleText())
                    .contains("This node is one of a cluster", "were its own")
                    .contains("This node takes no part in its cluster. The database <i>is away</i>.");
            assertThat(away.<DomElement>getByXPath("//p[contains(@class, 'headline bad')]"))
                    .hasSize(1);

            state[0] = HealthCheck.State.UP;
            HtmlPage there = page(collector);
            assertThat(there.getBody().getVisibleText())
                    .contains("This node is one of a cluster")
                    .doesNotContain("takes no part");
            assertThat(there.<DomElement>getByXPath("//p[contains(@class, 'headline well')]"))
                    .hasSize(1);
        }
    }

    @Test
    void holdsNothingSecretOrPersonal() {
        events(5);
        try (TestCollector collector = start()) {
            collector.run();
            RunListener runs = metrics(collector);
            runs.ended(
                    new RunReport(RunOutcome.FAILED, "Something said that +1 202 555 0123 is no number."),
                    Duration.ofSeconds(1));
            String html = StatusPage.of(collector.context(), metrics(collector))
                    .answer("GET", null)
                    .body();

            assertThat(html).contains("Something said that [masked] is no number.", World.API_HOST);
            assertThat(html).doesNotContain(World.SKEY, World.IKEY, "555");
            List<String> lines = world.lines();
            assertThat(lines).hasSize(5).allMatch(line -> line.contains("\"phone\":\"+1"));
            for (String line : lines) {
                for (String value : line.split("\"", -1)) {
                    if (value.length() > 7 && !value.equals(World.API_HOST) && !value.equals("telephony")) {
                        assertThat(html).as("of an event").doesNotContain(value);
                    }
                }
            }
        }
    }
}
