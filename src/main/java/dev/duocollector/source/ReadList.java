// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.source.DuoPage.MalformedPageException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Reads Duo's answer to {@link SignList}: the body goes in as bytes and comes out as an {@link AccountList}. */
public final class ReadList implements Processor {

    /** Throws what {@link AccountList#read} does. */
    @Override
    public void process(Exchange exchange) throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        ReadPage.requireOk(exchange, "a list of accounts", body);
        exchange.getMessage().setBody(AccountList.read(body == null ? new byte[0] : body));
    }
}
