// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Reads Duo's answer: the body goes in as bytes and comes out as a {@link TelephonyPage}. */
public final class ReadPage implements Processor {

    private final TelephonyPageReader reader = new TelephonyPageReader();

    /**
     * @throws MalformedPageException if the answer is not what Duo sends; asking again may help
     * @throws DuoApiException if Duo refuses in an answer that says 200
     */
    @Override
    public void process(Exchange exchange) throws DuoApiException, MalformedPageException {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        TelephonyPage page = reader.read(body == null ? new byte[0] : body);
        exchange.getMessage()
                .setBody(page.at(HttpDate.parse(exchange.getMessage().getHeader("Date", String.class))));
    }
}
