// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static dev.duocollector.simulator.Misbehavior.droppedConnection;
import static dev.duocollector.simulator.Misbehavior.forbidden;
import static dev.duocollector.simulator.Misbehavior.serverError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Streams;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.verify.Comparison;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.api.management.ManagedCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A tour past every step of every route, checked against Camel's own count of exchanges per step (the route dumps over JMX;
 * Camel's report plugin does not see YAML and would find 100 % of nothing).
 */
class RouteCoverageTest {

    private static final String FAILING_STEP = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - throwException:
                        id: broken
                        exceptionType: java.lang.IllegalStateException
                        message: broken
            """;

    @TempDir
    private Path folder;

    private final MadeUpEvents madeUp = new MadeUpEvents(5);

    @Test
    void everyStepOfEveryRoute_isExecuted() throws Exception {
        Map<String, Integer> executed = new TreeMap<>();
        try (World world = new World()
                .set("s3.compression", "gzip")
                .set("udm.prefix", World.UDM_PREFIX)
                .set("duo.page.size", "3")
                .set("duo.retry.max-elapsed", "0s")) {
            world.events.add(madeUp.spread(
                    5, World.START.minus(Duration.ofMinutes(50)), World.START.minus(Duration.ofMinutes(9))));
            TestCollector collector = counting(world, Map.of());
            aBatchInDoubt(world, collector, Fault.DROP_AFTER);
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
            SimulatedEvent later = madeUp.at(world.clock.instant());
            world.events.add(later);
            world.clock.advance(Duration.ofMinutes(20));
            aBatchInDoubt(world, collector, Fault.DROP_BEFORE);
            world.events.withdraw(later);
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.PENDING);
            world.events.add(later);
            world.s3Proxy.plan(
                    request -> request.isWrite() && !World.isState(request) ? Fault.ANSWER_WITHOUT_ETAG : Fault.NONE);
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
            world.s3Proxy.plan(FaultPlan.none());
            world.clock.advance(Duration.ofMinutes(20));
            world.duo.misbehave(request -> true, serverError(503));
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.FAILED);
            world.duo.misbehave(request -> true, droppedConnection());
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.FAILED);
            world.duo.misbehave(request -> true, forbidden());
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.OPERATOR);
            world.duo.behave();
            count(collector, executed);
            collector.close();

            withAStepThatFails(world, executed);
            comparing(world, executed);
            listing(world, executed);
            bySchedule(world, executed);
        }

        assertThat(executed).hasSizeGreaterThan(40);
        assertThat(executed)
                .as("exchanges by step")
                .allSatisfy((step, exchanges) -> assertThat(exchanges).as(step).isPositive());
    }

    /** Leaves a batch that was declared and whose object may or may not be in the bucket. */
    private static void aBatchInDoubt(World world, TestCollector collector, Fault fault) {
        world.s3Proxy.plan(FaultPlan.logical(
                FaultPlan.at(1, request -> request.isWrite() && !World.isState(request), fault), FaultPlan.Tries.ALL));
        assertThat(collector.run().outcome()).isEqualTo(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
    }

    private static TestCollector counting(World world, Map<String, String> replacedRoutes) {
        return TestCollector.startCounting(world.settings, world.clock, replacedRoutes);
    }

    private void withAStepThatFails(World world, Map<String, Integer> executed) throws Exception {
        world.events.add(madeUp.at(world.clock.instant().minus(Duration.ofMinutes(5))));
        try (TestCollector collector = counting(world, Map.of("event-steps.camel.yaml", FAILING_STEP))) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.FAILED);
            count(collector, executed);
        }
    }

    private static void comparing(World world, Map<String, Integer> executed) throws Exception {
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("range.from", World.START.minus(Duration.ofHours(1)).toString());
        settings.put("range.to", World.START.toString());
        try (TestCollector collector = TestCollector.startCounting(settings, world.clock, Map.of());
                ProducerTemplate template = collector.context().createProducerTemplate()) {
            assertThat(template.send("direct:verify", exchange -> {})
                            .getMessage()
                            .getBody())
                    .isInstanceOfSatisfying(
                            Comparison.Result.class,
                            result -> assertThat(result.isEqual()).isTrue());
            count(collector, executed);
        }
    }

    private void listing(World world, Map<String, Integer> executed) throws Exception {
        world.duo.addParent("DIPARENT000000000000", World.SKEY, "api-ffffffff.duosecurity.com");
        Files.writeString(
                folder.resolve("msp.properties"),
                "duo.api.host=api-ffffffff.duosecurity.com\nduo.ikey=DIPARENT000000000000\nduo.skey=" + World.SKEY
                        + "\nduo.children=all\n");
        Map<String, String> settings = new HashMap<>(world.settings);
        settings.put("duo.accounts", folder.toString());
        try (TestCollector collector = TestCollector.startCounting(settings, world.clock, Map.of())) {
            assertThat(Streams.of(collector.context()).withChildren(collector.context(), false))
                    .hasSize(1);
            count(collector, executed);
        }
    }

    /** Two days later, so that yesterday is collected and can be compared. */
    private static void bySchedule(World world, Map<String, Integer> executed) throws Exception {
        world.clock.advance(Duration.ofDays(2));
        try (TestCollector collector = counting(world, Map.of())) {
            assertThat(collector.run().outcome()).isEqualTo(RunOutcome.DONE);
        }
        world.set("duo.schedule.auto-startup", "true")
                .set("duo.schedule", "* * * * * ?")
                .set("duo.schedule-jitter", "0s")
                .set("verify.schedule", "* * * * * ?");
        String selfCheck = Files.readString(Path.of("routes", "self-check.camel.yaml"))
                .replace("period: 60000", "period: 200")
                .replace("delay: 60000", "delay: 200");
        String impatient = Files.readString(Path.of("routes", "schedule.camel.yaml"))
                .replace("period: 60000", "period: 200")
                .replace("delay: 60000", "delay: 200");
        try (TestCollector scheduled =
                counting(world, Map.of("schedule.camel.yaml", impatient, "self-check.camel.yaml", selfCheck))) {
            int before = world.s3Proxy.requests().size();
            Awaitility.await()
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> world.s3Proxy.requests().size() >= before + 4);
            Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> {
                Map<String, Integer> now = new TreeMap<>();
                count(scheduled, now);
                List<Integer> counts = now.entrySet().stream()
                        .filter(step -> step.getKey().matches("(schedule|accounts|self-check|compare-yesterday)/.*"))
                        .map(Map.Entry::getValue)
                        .toList();
                world.advance(Duration.ofSeconds(2));
                return counts.stream().allMatch(count -> count > 0);
            });
            asANode(scheduled);
            count(scheduled, executed);
        }
    }

    /** As a node of a cluster is asked to; each answer comes once the run has ended. */
    private static void asANode(TestCollector collector) throws Exception {
        try (ProducerTemplate template = collector.context().createProducerTemplate()) {
            for (String firing : List.of("first", "comparison")) {
                Object body = template.send("direct:node", exchange -> {
                            exchange.setVariable("stream", "telephony");
                            exchange.setVariable("firing", firing);
                        })
                        .getMessage()
                        .getBody();
                if (firing.equals("comparison")) {
                    assertThat(body).isInstanceOf(Comparison.Result.class);
                } else {
                    assertThat(body)
                            .as(firing)
                            .isInstanceOfSatisfying(
                                    RunReport.class,
                                    report -> assertThat(report.outcome()).isEqualTo(RunOutcome.DONE));
                }
            }
        }
    }

    private static void count(TestCollector collector, Map<String, Integer> executed) throws Exception {
        String dump = collector
                .context()
                .getCamelContextExtension()
                .getContextPlugin(ManagedCamelContext.class)
                .getManagedCamelContext()
                .dumpRoutesCoverageAsXml();
        Document xml = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(dump.getBytes(StandardCharsets.UTF_8)));
        NodeList all = xml.getElementsByTagName("*");
        for (int i = 0; i < all.getLength(); i++) {
            Element step = (Element) all.item(i);
            if (step.hasAttribute("exchangesTotal") && isCounted(step)) {
                executed.merge(name(step), Integer.valueOf(step.getAttribute("exchangesTotal")), Integer::sum);
            }
        }
    }

    /**
     * Camel numbers a from anew in each context, where the route's own count says the same, and keeps no count for the steps
     * of an onException: that each of those was taken shows in the outcomes of the tour.
     */
    private static boolean isCounted(Element step) {
        return !step.getTagName().equals("from")
                && !step.getTagName().equals("camelContextRouteCoverage")
                && !step.getAttribute("id").endsWith("-failed");
    }

    private static String name(Element step) {
        Element route = step;
        while (!route.getTagName().equals("route") && route.getParentNode() instanceof Element parent) {
            route = parent;
        }
        return route.getAttribute("id") + "/" + step.getTagName() + " " + step.getAttribute("id");
    }
}
