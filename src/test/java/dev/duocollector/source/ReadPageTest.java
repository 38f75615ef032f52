// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.source.DuoPage.MalformedPageException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadPageTest {

    private static final String PAGE = "{\"stat\": \"OK\", \"response\": {\"items\": []}}";
    private static final String LIST = "{\"stat\": \"OK\", \"response\": []}";

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 203, 206})
    void whatIsNot200_isNoAnswer(int status) {
        assertThatExceptionOfType(MalformedPageException.class)
                .isThrownBy(() -> read(new ReadPage(), PAGE, status))
                .withMessageContainingAll("a page of its log: its HTTP status is " + status + ", not 200");
        assertThatExceptionOfType(MalformedPageException.class)
                .isThrownBy(() -> read(new ReadList(), LIST, status))
                .withMessageContainingAll("a list of accounts: its HTTP status is " + status + ", not 200");
    }

    @Test
    void what200Brings_isRead() throws Exception {
        assertThat(read(new ReadPage(), PAGE, 200)).isInstanceOf(DuoPage.class);
        assertThat(read(new ReadList(), LIST, 200)).isInstanceOf(AccountList.class);
    }

    private Object read(Processor step, String body, int status) throws Exception {
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setBody(body.getBytes(UTF_8));
        step.process(exchange);
        return exchange.getMessage().getBody();
    }
}
