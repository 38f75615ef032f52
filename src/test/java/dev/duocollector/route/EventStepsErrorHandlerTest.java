// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step that fails ends its run in the same way whatever error handler its route has, and wherever it goes on: one WARN, exit
 * 1, nothing of the page stored, and no word of Camel's own, which would quote a phone number over 64 lines.
 */
class EventStepsErrorHandlerTest {

    private static final String FILE = "event-steps.camel.yaml";
    private static final String FAIL =
            "- throwException: { exceptionType: java.lang.IllegalStateException, message: 'cannot take ${body[0][phone]}' }";
    private static final String FAIL_IN_SPLIT =
            "{ throwException: { exceptionType: java.lang.IllegalStateException, message: 'cannot take ${body[phone]}' } }";

    /** The pages that an incident's events fill. */
    private static final int PAGES = 3;

    /** Not of the last event, after which an aggregation shows its failure. */
    private static final String FAIL_ONCE_IN_SPLIT =
            "{ filter: { simple: \"${exchangeProperty.CamelSplitIndex} == 0\", steps: [ " + FAIL_IN_SPLIT + " ] } }";

    private static final String GROUPED =
            "aggregationStrategy: '#class:org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy'";
    private static final String ORIGINAL =
            "aggregationStrategy: '#class:org.apache.camel.processor.aggregate.UseOriginalAggregationStrategy'";
    private static final String HANDLED = "handled: { constant: 'true' }";

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    static Stream<Arguments> failing() {
        return Stream.of(
                row("noErrorHandler", route("errorHandler: { noErrorHandler: {} }", FAIL)),
                row("no error handler named", route("", FAIL)),
                row("defaultErrorHandler", route("errorHandler: { defaultErrorHandler: {} }", FAIL)),
                row(
                        "redeliveries",
                        route(
                                "errorHandler: { defaultErrorHandler: { redeliveryPolicy: { maximumRedeliveries: 2,"
                                        + " redeliveryDelay: 1, retryAttemptedLogLevel: WARN } } }",
                                FAIL)),
                row(
                        "deadLetterChannel",
                        route("errorHandler: { deadLetterChannel: { deadLetterUri: 'direct:dead' } }", FAIL)
                                + route("dead", "", "- removeHeaders: { pattern: '*' }")),
                row("onException, not handled", onException("") + route("routeConfigurationId: mine", FAIL)),
                row(
                        "onException, handled",
                        onException("handled: { constant: 'true' }") + route("routeConfigurationId: mine", FAIL)),
                row(
                        "onException for all routes, handled",
                        onException("handled: { constant: 'true' }").replace("id: mine", "description: all")
                                + route("", FAIL)),
                row(
                        "onException, whose own step fails",
                        onException("handled: { constant: 'true' }", FAIL.replace("cannot take", "cannot handle"))
                                + route("routeConfigurationId: mine", FAIL)),
                row("another route", route("", "- to: direct:more") + route("more", "", FAIL)),
                row(
                        "another route, which handles it",
                        onException("handled: { constant: 'true' }")
                                + route("", "- to: direct:more")
                                + route("more", "routeConfigurationId: mine", FAIL)),
                row("enrich", route("", "- enrich: { constant: direct:more }") + route("more", "", FAIL)),
                row("recipientList", route("", "- recipientList: { constant: direct:more }") + route("more", "", FAIL)),
                row("seda", route("", "- to: seda:more") + route("seda:more", "more", "", FAIL)),
                row("threads", route("", "- threads: { poolSize: 1 }\n" + FAIL)),
                row("a delay in another thread", route("", "- delay: { constant: 1, asyncDelayed: true }\n" + FAIL)),
                row("split", route("", "- split: { simple: '${body}', steps: [ " + FAIL_IN_SPLIT + " ] }")),
                row(
                        "split, parallel",
                        route(
                                "",
                                "- split: { simple: '${body}', parallelProcessing: true, steps: [ " + FAIL_IN_SPLIT
                                        + " ] }")),
                row(
                        "split to another route",
                        route("", "- split: { simple: '${body}', steps: [ { to: direct:more } ] }")
                                + route(
                                        "more",
                                        "",
                                        "- throwException: { exceptionType: java.io.IOException, message:"
                                                + " 'cannot take ${body[phone]}' }")),
                row(
                        "doFinally",
                        route(
                                "",
                                "- doTry: { steps: [ " + FAIL.substring(2) + " ], doFinally: { steps: [ { log: {"
                                        + " message: end, loggingLevel: DEBUG } } ] } }")),
                row("an Error", route("", "- process: { ref: '#class:" + Missing.class.getName() + "' }")),
                row("a StackOverflowError", route("", "- process: { ref: '#class:" + Endless.class.getName() + "' }")),
                row("an AssertionError", route("", "- process: { ref: '#class:" + Asserting.class.getName() + "' }")),
                row(
                        "an AssertionError in another thread",
                        route(
                                "",
                                "- threads: { poolSize: 1 }\n- process: { ref: '#class:" + Asserting.class.getName()
                                        + "' }")),
                row(
                        "split, handled",
                        onException(HANDLED) + route("routeConfigurationId: mine", split(FAIL_ONCE_IN_SPLIT))),
                row(
                        "split, handled, in parallel",
                        onException(HANDLED)
                                + route(
                                        "routeConfigurationId: mine",
                                        split(FAIL_ONCE_IN_SPLIT, "parallelProcessing: 'true'"))),
                row(
                        "split, deadLetterChannel",
                        route(
                                "errorHandler: { deadLetterChannel: { deadLetterUri: 'log:dead?level=DEBUG&showBody=false' } }",
                                split(FAIL_ONCE_IN_SPLIT))),
                row(
                        "split, handled in another route",
                        onException(HANDLED)
                                + route("", split("{ to: direct:more }"))
                                + route("more", "routeConfigurationId: mine", "- " + FAIL_ONCE_IN_SPLIT)),
                row(
                        "split, handled behind seda",
                        onException(HANDLED)
                                + route("", split("{ to: seda:more }"))
                                + route("seda:more", "more", "routeConfigurationId: mine", "- " + FAIL_ONCE_IN_SPLIT)),
                row("split, aggregated", route("", split(FAIL_ONCE_IN_SPLIT, GROUPED))),
                row(
                        "split, aggregated, in parallel",
                        route("", split(FAIL_ONCE_IN_SPLIT, GROUPED, "parallelProcessing: 'true'"))),
                row(
                        "split in a split, aggregated",
                        route(
                                "",
                                split(
                                        split(
                                                        "{ filter: { simple: '${body}', steps: [ " + FAIL_IN_SPLIT
                                                                + " ] } }, { log: x }",
                                                        GROUPED)
                                                .substring(2),
                                        GROUPED))),
                row(
                        "multicast, aggregated",
                        route(
                                        "",
                                        "- multicast: { " + GROUPED
                                                + ", steps: [ { to: direct:more }, { to: direct:other } ] }\n- setBody: { simple: '${body[1]}' }")
                                + route("more", "", FAIL)
                                + route("other", "", "- log: { message: other, loggingLevel: DEBUG }")),
                row(
                        "enrich, handled, aggregated",
                        onException(HANDLED)
                                + route("", "- enrich: { constant: direct:more, " + ORIGINAL + " }")
                                + route("more", "routeConfigurationId: mine", FAIL)),
                row(
                        "recipientList, handled, aggregated",
                        onException(HANDLED)
                                + route("", "- recipientList: { constant: direct:more, " + ORIGINAL + " }")
                                + route("more", "routeConfigurationId: mine", FAIL)),
                row(
                        "an AssertionError in another route",
                        route("", "- to: direct:more")
                                + route("more", "", "- process: { ref: '#class:" + Asserting.class.getName() + "' }")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failing")
    void endsTheSame_whateverHandlesTheError(String handler, String file) {
        incident.routes(Map.of(FILE, file));

        incident.run(RunOutcome.FAILED)
                .contains(
                        "A step of the route event-steps (routes/" + FILE + ") failed (",
                        "was stored, and nothing is lost");

        assertThat(incident.requests()).as("asked again").hasSize(1);
        assertThat(world.everything()).as("no object, and no batch declared").isEmpty();
        assertThat(incident.run(RunOutcome.FAILED)).as("and again").isNotNull();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    static Stream<Arguments> ending() {
        return Stream.of(
                row("stop", route("", "- stop: {}")),
                row(
                        "stop, in a choice",
                        route("", "- choice: { when: [ { simple: '${body.size} > 0', steps: [ { stop: {} } ] } ] }")),
                row("stop, in another route", route("", "- to: direct:more") + route("more", "", "- stop: {}")),
                row("rollback", route("", "- rollback: { markRollbackOnly: true }")));
    }

    /** Neither "as it is" nor "nothing" is a safe guess: the first may store what a later step masks, the second loses. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("ending")
    void asksForAWord_whereTheRouteEndsBeforeItsEnd(String step, String file) {
        incident.routes(Map.of(FILE, file));

        incident.run(RunOutcome.OPERATOR).contains("ended with stop or rollback", "an empty list");

        assertThat(world.objects()).isEmpty();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    static Stream<Arguments> coping() {
        return Stream.of(
                row(
                        "doTry",
                        route(
                                "",
                                "- doTry: { steps: [ " + FAIL.substring(2)
                                        + " ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { log: { message:"
                                        + " caught, loggingLevel: DEBUG } } ] } ] }")),
                row(
                        "doTry around another route",
                        route(
                                        "",
                                        "- doTry: { steps: [ { to: direct:more } ], doCatch: [ { exception: ["
                                                + " java.lang.Exception ], steps: [ { log: { message: caught, loggingLevel:"
                                                + " DEBUG } } ] } ] }")
                                + route("more", "", FAIL)),
                row(
                        "continued",
                        onException("continued: { constant: 'true' }") + route("routeConfigurationId: mine", FAIL)),
                row(
                        "doTry in a split",
                        route(
                                "",
                                split("{ doTry: { steps: [ " + FAIL_IN_SPLIT
                                        + " ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { log: { message:"
                                        + " caught, loggingLevel: DEBUG } } ] } ] } }"))),
                row(
                        "doTry around a split",
                        route(
                                "",
                                "- doTry: { steps: [ "
                                        + split(FAIL_IN_SPLIT, "parallelProcessing: 'true'")
                                                .substring(2)
                                        + " ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { log: { message:"
                                        + " caught, loggingLevel: DEBUG } } ] } ] }")),
                row(
                        "continued in a split",
                        onException("continued: { constant: 'true' }")
                                + route("routeConfigurationId: mine", split(FAIL_ONCE_IN_SPLIT))),
                row(
                        "continued around a split",
                        onException("continued: { constant: 'true' }")
                                + route("routeConfigurationId: mine", "- to: direct:more")
                                + route("more", "errorHandler: { noErrorHandler: {} }", split(FAIL_IN_SPLIT))),
                row(
                        "redeliveries in a split",
                        route(
                                "errorHandler: { defaultErrorHandler: { redeliveryPolicy: { maximumRedeliveries: 2,"
                                        + " redeliveryDelay: 1 } } }",
                                split("{ process: { ref: '#class:" + FailingOnce.class.getName() + "' } }"))),
                row(
                        "failover",
                        route(
                                        "",
                                        "- loadBalance: { failoverLoadBalancer: {}, steps: [ { to: direct:more }, { to:"
                                                + " direct:other } ] }")
                                + route("more", "", FAIL)
                                + route("other", "", "- log: { message: other, loggingLevel: DEBUG }")),
                row(
                        "stop of one event in a split",
                        route("", "- split: { simple: '${body}', steps: [ { stop: {} } ] }")),
                row("headers for S3", route("", """
                        - setHeader: { name: CamelAwsS3Key, constant: elsewhere }
                        - setHeader: { name: CamelAwsS3BucketDestinationKey, constant: elsewhere }
                        - setHeader: { name: CamelAwsS3OverrideBucketName, constant: elsewhere }
                        - setProperty: { name: CamelExceptionCaught, constant: nothing }""")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("coping")
    void storesEverything_whereTheStepsCopeThemselves(String how, String file) {
        incident.routes(Map.of(FILE, file));

        incident.recoversWithoutLossOrDuplicate();
    }

    static Stream<Arguments> awaitedByNobody() {
        return Stream.of(
                row("wireTap", route("", "- wireTap: { uri: direct:more }") + route("more", "", FAIL)),
                row(
                        "seda that is told not to wait",
                        route("", "- to: 'seda:more?waitForTaskToComplete=Never'")
                                + route("seda:more", "more", "", FAIL)),
                row(
                        "seda with InOnly",
                        route("", "- to: { uri: seda:more, pattern: InOnly }") + route("seda:more", "more", "", FAIL)),
                row(
                        "wireTap, tried again",
                        route("", "- wireTap: { uri: direct:more }")
                                + route(
                                        "more",
                                        "errorHandler: { defaultErrorHandler: { redeliveryPolicy: { maximumRedeliveries: 2,"
                                                + " redeliveryDelay: 1 } } }",
                                        FAIL)),
                row(
                        "wireTap, split and aggregated",
                        route("", "- wireTap: { uri: direct:more }")
                                + route("more", "", split(FAIL_ONCE_IN_SPLIT, GROUPED))),
                row(
                        "aggregate",
                        route(
                                "id: more",
                                "- aggregate: { " + GROUPED + ", correlationExpression: { constant: all },"
                                        + " completionSize: 1, steps: [ " + FAIL.substring(2) + " ] }")));
    }

    /** What nobody waits for fails on its own, and not without a word. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("awaitedByNobody")
    void warnsOncePerPage_ofWhatNobodyWaitsFor(String what, String file) {
        incident.routes(Map.of(FILE, file));

        incident.run(RunOutcome.DONE);

        await().until(() -> incident.logs.lines(Level.WARN).size() >= PAGES);
        assertThat(incident.logs.lines(Level.WARN))
                .hasSize(PAGES)
                .allMatch(line -> line.startsWith(
                        "The route more, which a step of yours sends to without waiting for it, failed ("))
                .noneMatch(line -> line.contains("Nothing of its page was stored"));
        assertThat(incident.logs.secrets()).isEmpty();
        incident.recoversWithoutLossOrDuplicate();
    }

    /** A failed run counts as one, also where the steps' own error handler has seen the failure first. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("failing")
    void countsOneFailedRun(String handler, String file) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TestCollector collector = TestCollector.start(world.settings, world.clock, Map.of(FILE, file), registry)) {
            assertThat(collector.run().outcome().exitCode()).isEqualTo(1);

            assertThat(registry.get("duo.telephony.runs")
                            .tag("outcome", "failed")
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(incident.logs.lines(Level.ERROR)).isEmpty();
        }
    }

    /** A step that fails for each event once. */
    public static final class FailingOnce implements Processor {

        private final Set<Object> seen = new HashSet<>();

        @Override
        public void process(Exchange exchange) {
            if (seen.add(exchange.getMessage().getBody(Map.class).get("telephony_id"))) {
                throw new IllegalStateException("not at once");
            }
        }
    }

    /** A step whose class is not whole. */
    public static final class Missing implements Processor {
        @Override
        public void process(Exchange exchange) {
            throw new NoClassDefFoundError("com/example/Lookup of "
                    + ((Map<?, ?>) exchange.getMessage().getBody(List.class).get(0)).get("phone"));
        }
    }

    /** A step that asserts something. */
    public static final class Asserting implements Processor {
        @Override
        public void process(Exchange exchange) {
            throw new AssertionError("no event of "
                    + ((Map<?, ?>) exchange.getMessage().getBody(List.class).get(0)).get("phone"));
        }
    }

    /** A step that calls itself. */
    public static final class Endless implements Processor {
        @Override
        @SuppressWarnings("InfiniteRecursion") // It is what this is about.
        public void process(Exchange exchange) {
            process(exchange);
        }
    }

    private static Arguments row(String name, String file) {
        return Arguments.of(name, file);
    }

    private static String onException(String option, String... steps) {
        return """
                - routeConfiguration:
                    id: mine
                    onException:
                      - onException:
                          exception: [ java.lang.Exception ]
                          %s
                          steps:
                            - log: { message: on exception, loggingLevel: DEBUG }
                """.formatted(option.isEmpty() ? "description: mine" : option)
                + String.join("", steps).indent(12);
    }

    private static String split(String steps, String... options) {
        return "- split: { simple: '${body}', "
                + String.join("", List.of(options).stream().map(o -> o + ", ").toList()) + "steps: [ " + steps + " ] }";
    }

    private static String route(String option, String steps) {
        return route("event-steps", option, steps);
    }

    private static String route(String name, String option, String steps) {
        return route("direct:" + name, name, option, steps);
    }

    private static String route(String from, String id, String option, String steps) {
        return """
                - route:
                    id: %s
                    %s
                    from:
                      uri: %s
                      steps:
                """.formatted(id, option.isEmpty() ? "description: plain" : option, from) + steps.indent(8);
    }
}
