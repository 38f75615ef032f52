// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators may write between reading and writing: simple, JSONPath and marshal, on events as they come. */
class OperatorStepsTest {

    private static final String VERIFY =
            "{\"context\":\"verify\",\"credits\":2,\"cost\":2.50,\"phone\":\"+12025550123\",\"ts\":\"2023-03-21T22:34:49Z\",\"nested\":{\"n\":1e5}}";
    private static final String ENROLLMENT = "{\"context\":\"enrollment\",\"credits\":0,\"cost\":-0}";
    private static final String AUTHENTICATION = "{\"context\":\"authentication\",\"credits\":1,\"cost\":1e5}";

    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeEach
    void start() {
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${body[0][context]}               | verify",
                "${body[0][cost]}                  | 2.50",
                "${body[2][cost]}                  | 1e5",
                "${body[0][nested][n]}             | 1e5",
                "${body[last][context]}            | authentication",
                "${body[0][ts]}                    | 2023-03-21T22:34:49Z",
                "${body.size}                      | 3",
            })
    void simple_readsMembers(String expression, String value) throws Exception {
        assertThat(run("""
                        - setBody: { simple: "%s" }
                        """.formatted(expression), events())).asString().isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${body[credits]} > 1              | true",
                "${body[credits]} > 2              | false",
                "${body[credits]} == 2             | true",
                "${body[cost]} == '2.50'           | true",
                "${body[context]} != 'verify'      | false",
                "${body[nested][n]} > 99999        | true",
                "${body[brand_new]} == null        | true",
            })
    void simple_comparesMembers(String predicate, boolean value) throws Exception {
        assertThat(run("""
                        - choice:
                            when:
                              - simple: "%s"
                                steps:
                                  - setBody: { constant: "true" }
                            otherwise:
                              steps:
                                - setBody: { constant: "false" }
                        """.formatted(predicate), events().get(0))).isEqualTo(String.valueOf(value));
    }

    @Test
    void jsonpath_returnsTheEventsThemselves() throws Exception {
        List<DuoEvent> events = events();

        Object kept = run("- setBody: { jsonpath: \"$[?(@.context != 'verify')]\" }", events);

        assertThat(kept)
                .asInstanceOf(LIST)
                .satisfiesExactly(
                        first -> assertThat(first).isSameAs(events.get(1)),
                        second -> assertThat(second).isSameAs(events.get(2)));
        assertThat(events).allMatch(DuoEvent::unchanged);
    }

    @Test
    void jsonpath_comparesNumbers() throws Exception {
        List<DuoEvent> events = events();

        assertThat(run("- setBody: { jsonpath: \"$[?(@.credits > 0 && @.cost > 3)]\" }", events))
                .asInstanceOf(LIST)
                .singleElement()
                .isSameAs(events.get(2));
    }

    @Test
    void splitFilterAndChange_reachTheLine() throws Exception {
        List<DuoEvent> events = events();

        Object text = run("""
                - split:
                    simple: "${body}"
                    steps:
                      - filter:
                          simple: "${body[context]} == 'verify'"
                          steps:
                            - script:
                                simple: "${body.remove('phone')}"
                - marshal: { custom: { ref: ndjson } }
                - convertBodyTo: { type: String }
                """, events);

        assertThat(text)
                .isEqualTo(VERIFY.replace("\"phone\":\"+12025550123\",", "") + "\n" + ENROLLMENT + "\n" + AUTHENTICATION
                        + "\n");
    }

    @Test
    void dataFormat_isFoundByName_bothWays() throws Exception {
        assertThat(run("""
                        - marshal: { custom: { ref: ndjson } }
                        - unmarshal: { custom: { ref: ndjson } }
                        """, events())).isEqualTo(events());
    }

    @Test
    void dataFormat_canBeBeanInYaml() throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("beans.camel.yaml", """
                        - beans:
                            - name: ndjson
                              type: dev.duocollector.sink.NdjsonDataFormat
                              properties:
                                shape: duo-client
                                apiHost: api-demo.duosecurity.com
                        """));

        assertThat(run("""
                        - marshal: { custom: { ref: ndjson } }
                        - convertBodyTo: { type: String }
                        """, List.of(events().get(1))))
                .isEqualTo(ENROLLMENT.replaceAll(
                        "}$", ",\"eventtype\":\"telephony\",\"host\":\"api-demo.duosecurity.com\"}\n"));
    }

    private Object run(String steps, Object body) throws Exception {
        String route = "- from:\n    uri: direct:in\n    steps:\n" + steps.indent(6);
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("steps.camel.yaml", route));
        return context.createProducerTemplate().requestBody("direct:in", body);
    }

    private static List<DuoEvent> events() throws Exception {
        return List.of(event(VERIFY), event(ENROLLMENT), event(AUTHENTICATION));
    }

    private static DuoEvent event(String json) throws Exception {
        return DuoEvent.of(json.getBytes(UTF_8), DuoLog.TELEPHONY);
    }
}
