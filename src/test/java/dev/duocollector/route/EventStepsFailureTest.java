// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.testing.RawServer;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What a run makes of steps in event-steps.camel.yaml that fail, or that leave what is no event. */
class EventStepsFailureTest {

    private static final String FILE = "event-steps.camel.yaml";
    private static final String NAMED = "route event-steps (routes/" + FILE + ")";

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    /** Steps whose mistake makes Camel, or themselves, quote an event's phone number. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "- setBody: { simple: '${body[0][phone].noSuchMethod}' }",
                "- throwException: { exceptionType: java.lang.IllegalStateException, message: 'cannot take ${body[0][phone]}' }",
                "- throwException: { exceptionType: java.io.IOException, message: 'cannot send ${body[0][phone]}' }",
                "- convertBodyTo: { type: java.net.URI }",
                "- split: { simple: '${body}', stopOnException: true, steps: [ { setBody: { simple: '${body[phone].no}' } } ] }"
            })
    void namesTheRoute_andQuotesNoEvent(String step) {
        incident.routes(Map.of(FILE, steps(step)));

        incident.run(RunOutcome.FAILED)
                .contains("A step of the " + NAMED + " failed (", "Nothing of its page was stored");

        assertThat(incident.requests()).as("asked again").hasSize(1);
        assertThat(incident.logs.traces())
                .as("where to look for it")
                .anyMatch(line -> line.contains("\tat dev.duocollector"));
        assertThat(world.objects()).isEmpty();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    /** Shows that the log is searched well: this one step means to say it. */
    @Test
    void phoneNumber_thatAStepLogs_isFoundInTheLog() {
        incident.routes(Map.of(FILE, steps("- log: { message: '${body[0][phone]}', logName: operator }")));

        incident.collector().run();

        assertThat(incident.logs.secrets()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- setBody: { simple: '${body[0][context]}' }  | left a java.lang.String,",
                "- convertBodyTo: { type: String }              | left a java.lang.String,",
                "- setBody: { simple: '${null}' }               | left null,",
                "- setBody: { simple: '${body[0]}' }            | left a dev.duocollector.source.DuoEvent,",
                "- setBody: { jsonpath: '$[*].phone' }          | left a list with a java.lang.String,",
                "- script: { simple: '${body.add(${body[0]})}' } | left a list with an event that is in it twice,"
            })
    void namesWhatIsLeft_insteadOfEvents(String step, String left) {
        incident.routes(Map.of(FILE, steps(step)));

        incident.run(RunOutcome.OPERATOR).contains("The " + NAMED + " " + left, "must leave a list of events");

        assertThat(world.objects()).isEmpty();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    @Test
    void blamesTheStep_forWhatJsonCannotHold() {
        incident.routes(Map.of(FILE, steps("- process: { ref: '#class:" + Spoiling.class.getName() + "' }")));

        incident.run(RunOutcome.OPERATOR)
                .contains("A step of yours has put something into an event that is not JSON, in its field ");

        assertThat(incident.requests()).as("asked again").hasSize(1);
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    /** An enrichment's refusals are not Duo's: no retry of the page, no word of Duo's keys. */
    @ParameterizedTest
    @CsvSource({"401 Unauthorized", "403 Forbidden", "500 Internal Server Error"})
    void takesNoAnswerOfAnotherServer_forDuos(String status) {
        try (RawServer other = RawServer.start()) {
            other.answer(status, "{\"code\":1,\"message\":\"not Duo\"}");
            incident.routes(Map.of(FILE, steps("""
                    - setVariable: { name: events, simple: "${body}" }
                    - setBody: { constant: "" }
                    - to: "http://127.0.0.1:%d/enrich?key=a-secret-of-the-operator"
                    - setBody: { variable: events }
                    """.formatted(other.port()))));

            incident.run(RunOutcome.FAILED)
                    .contains("A step of the " + NAMED, "statusCode: " + status.substring(0, 3))
                    .doesNotContain("Duo", "a-secret");

            assertThat(other.requests()).hasSize(1);
        }
        assertThat(incident.requests()).hasSize(1);
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    /** A 412 from S3 says that the batch is stored already, but only when it answers the put of the batch. */
    @Test
    void takesNo412OfAStep_forAStoredBatch() {
        incident.routes(Map.of(FILE, steps("- process: { ref: '#class:" + Refusing.class.getName() + "' }")));

        incident.run(RunOutcome.FAILED).contains("A step of the " + NAMED, "S3Exception");

        assertThat(world.objects()).isEmpty();
        incident.restart();
        incident.routes(Map.of()).recoversWithoutLossOrDuplicate();
    }

    /** A step that puts something into an event that no JSON can say. */
    public static final class Spoiling implements Processor {
        @Override
        @SuppressWarnings("unchecked") // Only events come here.
        public void process(Exchange exchange) {
            exchange.getMessage()
                    .getBody(List.class)
                    .forEach(event -> ((Map<String, Object>) event).put("x", new Object()));
        }
    }

    /** A step that writes to S3 by itself, and is refused there. */
    public static final class Refusing implements Processor {
        @Override
        public void process(Exchange exchange) {
            throw S3Exception.builder()
                    .statusCode(412)
                    .message("of a step's own")
                    .build();
        }
    }

    private static String steps(String steps) {
        return """
                - route:
                    id: event-steps
                    errorHandler:
                      noErrorHandler: {}
                    from:
                      uri: direct:event-steps
                      steps:
                """ + steps.indent(8);
    }
}
