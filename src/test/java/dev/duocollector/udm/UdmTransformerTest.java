// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The data type duo:udm, by its name alone, in an application that knows nothing of the collector but its jar. */
class UdmTransformerTest {

    private static final String ROUTE = """
            - route:
                from:
                  uri: direct:in
                  steps:
                    - transformDataType:
                        toType: duo:udm
            """;
    private static final Map<String, Object> EVENT =
            Map.of("ts", "2026-11-23T08:15:00Z", "phone", "+12025550100", "txid", "a-txid");

    private final DefaultCamelContext context = new DefaultCamelContext();
    private ProducerTemplate template;

    @BeforeEach
    void start() throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("route.yaml", ROUTE));
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void event_isMapped() throws Exception {
        assertThat(send(EVENT).getMessage().getBody()).isEqualTo(new UdmMapper().map(EVENT));
    }

    @Test
    void events_areMapped_eachInItsPlace() throws Exception {
        DuoEvent other =
                DuoEvent.of("{\"ts\":\"2026-11-23T09:15:00Z\"}".getBytes(StandardCharsets.UTF_8), DuoLog.TELEPHONY);

        assertThat(send(List.of(EVENT, other)).getMessage().getBody())
                .isEqualTo(List.of(new UdmMapper().map(EVENT), new UdmMapper().map(other)));
    }

    @Test
    void eventThatKnowsItsLog_isMappedByItsOwnTable() throws Exception {
        DuoEvent event =
                DuoEvent.of("{\"ts\":\"2026-11-23T09:15:00Z\"}".getBytes(StandardCharsets.UTF_8), DuoLog.ACTIVITY);

        assertThat(send(event).getMessage().getBody().toString()).contains("logType=DUO_ACTIVITY");
        assertThat(send(Map.copyOf(event)).getMessage().getBody().toString()).contains("logType=DUO_TELEPHONY");
    }

    @Test
    void mapperInTheRegistry_isTheOneThatMaps() {
        context.getRegistry().bind("udmMapper", new UdmMapper(true));

        assertThat(send(EVENT).getMessage().getBody().toString()).contains("network={sessionId=a-txid}");
    }

    @Test
    void eventThatCannotBeMapped_failsTheStep_andTheBodyStays() {
        Map<String, Object> timeless = Map.of("phone", "+12025550100");

        Exchange done = send(List.of(EVENT, timeless));

        assertThat(done.getException())
                .isInstanceOf(UnmappableEventException.class)
                .hasMessageStartingWith("no time can be read");
        assertThat(done.getMessage().getBody()).isEqualTo(List.of(EVENT, timeless));
    }

    @Test
    void anythingElse_failsTheStep_withoutBeingQuoted() {
        for (Object body : new Object[] {"+12025550100", List.of("+12025550100"), 42}) {
            Throwable failure = send(body).getException();
            assertThat(failure).hasMessageContaining("duo:udm maps events, each a java.util.Map");
            assertThat(failure).message().doesNotContain("5550100");
        }
    }

    private Exchange send(Object body) {
        return template.send("direct:in", exchange -> exchange.getMessage().setBody(body));
    }
}
