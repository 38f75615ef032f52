// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoPage.MalformedPageException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads Duo's answer: the body goes in as bytes and comes out as a {@link DuoPage}. How many events were asked for is
 * in the request's parameters, the exchange variable {@link DuoRequestSigner#QUERY}.
 */
public final class ReadPage implements Processor {

    /** What Duo gives to a request that does not say. */
    private static final String LIMIT_DEFAULT = "100";

    /**
     * @throws MalformedPageException if the answer is not what Duo sends; asking again may help
     * @throws AnswerTooLargeException if it holds more than was asked for
     * @throws DuoApiException if Duo refuses in an answer that says 200
     */
    @Override
    public void process(Exchange exchange) throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        requireOk(exchange, "a page of its log", body);
        DuoPage page = DuoPage.read(body == null ? new byte[0] : body, limit(exchange), log(exchange));
        exchange.getMessage()
                .setBody(page.at(HttpDate.parse(exchange.getMessage().getHeader("Date", String.class))));
    }

    /** Duo answers with 200 alone: to take the part of a 206, or the old answer of a 203, for all there is would lose the rest. */
    static void requireOk(Exchange exchange, String expected, byte @Nullable [] body) throws MalformedPageException {
        Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status != null && status != HttpStatus.SC_OK) {
            throw new MalformedPageException(
                    expected, "its HTTP status is " + status + ", not 200", body == null ? 0 : body.length, false);
        }
    }

    /** In an application that signs by itself, nothing says so: then it is the telephony log's. */
    private static DuoLog log(Exchange exchange) {
        return DuoSource.find(exchange).map(DuoSource::log).orElse(DuoLog.TELEPHONY);
    }

    private static int limit(Exchange exchange) {
        Map<?, ?> query = exchange.getVariable(DuoRequestSigner.QUERY, Map.of(), Map.class);
        Object limit = query.get("limit");
        return Integer.parseInt(limit == null ? LIMIT_DEFAULT : limit.toString());
    }
}
