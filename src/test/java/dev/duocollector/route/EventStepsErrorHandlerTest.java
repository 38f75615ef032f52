// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.duocollector.failure.RunOutcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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

    /** What nobody waits for fails on its own, and not without a word. */
    @Test
    void warnsOnce_ofAWireTapThatFails() {
        incident.routes(Map.of(FILE, route("", "- wireTap: { uri: direct:more }") + route("more", "", FAIL)));

        incident.run(RunOutcome.DONE);

        await().until(() -> incident.logs.lines(Level.WARN).stream()
                .anyMatch(line -> line.startsWith("The route more, which a step of yours sends to without waiting")));
        incident.recoversWithoutLossOrDuplicate();
        assertThat(incident.logs.secrets()).isEmpty();
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
