// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.route.RememberingContext;
import dev.duocollector.route.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.component.log.LogComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the program says of steps that could never work, before it reads anything: as in Karaf, and by the code of all commands. */
class EventStepsAtStartTest {

    private final World world = World.inRealTime();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        world.close();
    }

    /** The step, its line, and what the one line must say. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- setBody: { jsonpath: '$[?(@.context' }                                                       | 6 | the JSONPath '$[?(@.context' cannot be read",
                "- setBody: { jsonpath: '$[?(@.context == nothing)]' }                                          | 6 | '$[?(@.context == nothing)]'",
                "- setBody: { jsonpath: '$..[' }                                                                | 6 | '$..['",
                "- setBody: { jsonpath: '$[*' }                                                                 | 6 | '$[*'",
                "- filter: { jsonpath: '$[', steps: [ { log: hi } ] }                                           | 6 | '$['",
                "- choice: { when: [ { jsonpath: '$[', steps: [ { log: hi } ] } ] }                             | 6 | '$['",
                "- split: { jsonpath: '$[', steps: [ { log: hi } ] }                                            | 6 | '$['",
                "- setVariable: { name: x, jsonpath: '$[' }                                                     | 6 | '$['",
                "- sort: { expression: { jsonpath: { expression: '$[' } } }                                     | 6 | '$['",
                "- setBody: { language: { language: jsonpath, expression: '$[' } }                              | 6 | '$['",
                "- doTry: { steps: [ { setBody: { jsonpath: '$[' } } ], doCatch: [ { exception: [ java.lang.Exception ], steps: [ { log: hi } ] } ] } | 6 | '$['",
                "- to: 'language:jsonpath:$['                                                                   | 6 | '$['",
                "- to: 'language:simple:${nosuch}'                                                              | 6 | Unknown function: nosuch",
                "- log: '${nosuch}'                                                                             | 6 | Unknown function: nosuch",
                "- setBody: { xpath: '//[' }                                                                    | 6 | location step",
                "- to: direct:nosuch                                                                            | 6 | begins with direct:nosuch,",
                "- to: direct:event-step                                                                        | 6 | begins with direct:event-step,",
                "- to: 'direct:nosuch?block=false'                                                              | 6 | begins with direct:nosuch,",
                "- to: direct://nosuch                                                                          | 6 | begins with direct:nosuch,",
                "- to: { uri: direct, parameters: { name: nosuch } }                                            | 6 | begins with direct:nosuch,",
                "- to: 'direct:{{s3.bucket}}'                                                                   | 6 | begins with direct:bucket-",
                "- toD: direct:nosuch                                                                           | 6 | begins with direct:nosuch,",
                "- wireTap: { uri: direct:nosuch }                                                              | 6 | begins with direct:nosuch,",
                "- enrich: { constant: direct:nosuch }                                                          | 6 | begins with direct:nosuch,",
                "- recipientList: { constant: 'direct:store,direct:nosuch' }                                      | 6 | begins with direct:nosuch,",
                "- routingSlip: { constant: direct:nosuch }                                                     | 6 | begins with direct:nosuch,",
                "- split: { simple: '${body}', steps: [ { to: direct:nosuch } ] }                               | 6 | begins with direct:nosuch,",
                "- choice: { otherwise: { steps: [ { to: direct:nosuch } ] } }                                  | 6 | begins with direct:nosuch,",
                "- to: direct:telephony                                                                         | 6 | direct:telephony leads back to direct:event-steps,",
                "- wireTap: { uri: direct:lines }                                                               | 6 | direct:lines leads back to direct:event-steps,",
                "- toD: direct:event-steps                                                                      | 6 | direct:event-steps leads back to direct:event-steps,"
            })
    void refusesAStep_thatNoRunCouldTake(String step, int line, String said) throws IOException {
        eventSteps("direct:event-steps", step);

        assertThat(refusal())
                .startsWith("The program cannot start: route event-steps in file:" + folder)
                .contains("event-steps.camel.yaml, line " + line + ": ", said);
    }

    /** A mistake in the step, and what the one line must say of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- log: [                          | event-steps.camel.yaml, line 7, column 1",
                "- lod: hello                      | lod, event-steps.camel.yaml, line 6, column 11",
                "- log: { massage: hello }         | massage, event-steps.camel.yaml, line 6, column 27",
                "- process: { ref: noSuchBean }    | noSuchBean, event-steps.camel.yaml, line 6",
                "- to: nosuchscheme:x              | nosuchscheme, event-steps.camel.yaml, line 6",
                "- to: file:x?fileExists=Append    | fileExists, event-steps.camel.yaml, line 6",
                "- setBody: { simple: '${body' }   | functionEnd, event-steps.camel.yaml, line 6",
                "- log: '{{no.such.setting}}'      | no.such.setting, event-steps.camel.yaml, line 6"
            })
    void refusesBrokenRoutes_inOneLineWithThePlace(String step, String said) throws IOException {
        eventSteps("direct:event-steps", step);

        assertThat(refusal()).contains(said.split(", "));
    }

    /** What is wrong, the file from its first line on, and what the one line must say. */
    static Stream<Arguments> brokenFiles() {
        return Stream.of(
                Arguments.of("indentation", """
                        - route:
                            id: event-steps
                            from:
                              uri: direct:event-steps
                              steps:
                                - log: hello
                               - log: there
                        """, new String[] {"event-steps.camel.yaml, line 7, column 8"}),
                Arguments.of("route id that is there twice", """
                        - route:
                            id: store
                            from:
                              uri: direct:event-steps
                              steps:
                                - log: hello
                        """, new String[] {
                    "Duplicate route ids detected: store", "store.camel.yaml, line 3"
                }),
                Arguments.of("route id that is there twice, in one file", """
                        - route:
                            id: event-steps
                            from:
                              uri: direct:event-steps
                              steps:
                                - log: hello
                        - route:
                            id: event-steps
                            from:
                              uri: direct:more
                              steps:
                                - log: hello
                        """, new String[] {
                    "Duplicate route ids detected: event-steps", "line 1, and", "line 7"
                }),
                Arguments.of("route without a beginning", """
                        - route: {}
                        """, new String[] {
                    "a route in file:", "event-steps.camel.yaml has no from:"
                }),
                Arguments.of("class that is not there", """
                        - beans:
                            - name: mine
                              type: no.such.Type
                        """, new String[] {
                    "event-steps.camel.yaml", "bean mine", "there is no class no.such.Type"
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenFiles")
    void refusesBrokenFiles_inOneLineWithThePlace(String mistake, String file, String[] said) throws IOException {
        Files.writeString(folder.resolve("event-steps.camel.yaml"), file, UTF_8);

        assertThat(refusal()).contains(said);
    }

    @Test
    void refusesACopyUnderAnotherName_andSaysWhenItReplacesTheJars() throws IOException {
        Files.copy(Path.of("routes", "collect.camel.yaml"), folder.resolve("colect.camel.yaml"));

        assertThat(refusal())
                .contains(
                        "routes ", "lines", "collect.camel.yaml, line 2", "Duplicate route ids", "the very same name");
    }

    /** What goes on in another route is looked at as well. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "called         | - to: direct:more                | direct:more",
                "tapped         | - wireTap: { uri: direct:more }  | direct:more",
                "queued         | - to: seda:more                  | seda:more"
            })
    void refusesAStep_ofARouteThatTheStepsReach(String how, String step, String from) throws IOException {
        eventSteps("direct:event-steps", step);
        route("more", from, "- to: direct:nosuch");

        assertThat(refusal()).contains("route more in file:" + folder, "begins with direct:nosuch");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"another name, direct:event-stps", "another kind, seda:event-steps"})
    void refusesToStart_whereNothingBeginsWithTheSteps(String how, String from) throws IOException {
        eventSteps(from, "- log: hi");

        assertThat(refusal())
                .contains("begins with direct:event-steps,", "routes/event-steps.camel.yaml")
                .contains("route lines in ");
    }

    @Test
    void refusesATarget_thatIsNotStarted() throws IOException {
        eventSteps("direct:event-steps", "- to: direct:more");
        Files.writeString(folder.resolve("more.camel.yaml"), """
                - route:
                    id: more
                    autoStartup: "false"
                    from:
                      uri: direct:more
                      steps:
                        - log: hi
                """, UTF_8);

        assertThat(refusal()).contains("begins with direct:more,");
    }

    /** What can only be known with an event at hand, or is right, starts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- setBody: { jsonpath: \"$[?(@.context != 'verify')]\" }",
                "- toD: 'direct:${variable.where}'",
                "- to: direct:more",
                "- to: { uri: direct, parameters: { name: more } }",
                "- to: seda:nobody",
                "- setBody: { jsonpath: { expression: '$[?(@.credits > ${variable.least})]' } }",
                "- split: { simple: '${body}', steps: [ { filter: { jsonpath: { expression: 'credits > 1' }, steps: [ { log: hi } ] } } ] }",
                "- to: 'language:simple:${body}'"
            })
    void startsWith(String step) throws IOException {
        eventSteps("direct:event-steps", step);
        route("more", "direct:more", "- log: hi");
        CamelApplication application = application();
        try {
            application.startCollecting();
            assertThat(application.context().isStarted()).isTrue();
        } catch (Exception e) {
            throw new AssertionError(application.explain(e).toString(), e);
        } finally {
            application.stop();
        }
    }

    /** Returns the one line with which the program does not start. */
    /** Camel sets components up before it loads the routes, and finds such a bean because it looks for beans before. */
    @Test
    void aComponentsSetting_mayNameABeanOfARouteFile() throws Exception {
        Files.writeString(folder.resolve("format.camel.yaml"), """
                - beans:
                    - name: format
                      type: org.apache.camel.support.processor.DefaultExchangeFormatter
                """, UTF_8);
        world.set("camel.component.log.exchange-formatter", "#bean:format");
        CamelApplication application = application();

        application.startCollecting();

        assertThat(application.context().getComponent("log", LogComponent.class).getExchangeFormatter())
                .isSameAs(application.context().getRegistry().lookupByName("format"))
                .isNotNull();
        application.stop();
    }

    private String refusal() {
        CamelApplication application = application();
        List<String> lines = new ArrayList<>();
        assertThatThrownBy(application::startCollecting)
                .isInstanceOfSatisfying(Exception.class, failure -> lines.addAll(application.explain(failure)));
        application.stop();
        assertThat(lines).hasSize(1);
        assertThat(world.everything()).isEmpty();
        assertThat(world.duo.requests()).isEmpty();
        return lines.get(0);
    }

    private CamelApplication application() {
        Map<String, String> settings = new HashMap<>(world.settings);
        return CamelApplication.inContainer(settings, folder, "etc/dev.duocollector.cfg", RememberingContext::unbuilt);
    }

    private void eventSteps(String from, String step) throws IOException {
        route("event-steps", from, step);
    }

    private void route(String id, String from, String step) throws IOException {
        Files.writeString(folder.resolve(id + ".camel.yaml"), """
                - route:
                    id: %s
                    from:
                      uri: %s
                      steps:
                        %s
                """.formatted(id, from, step), UTF_8);
    }
}
