// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/**
 * Takes S3's answer to a write, and leaves whether it has an ETag; without one, what is there must be looked at. An answer
 * with a body has lost it ({@link dev.duocollector.sink.AnswerChecks}).
 */
public final class Acknowledged implements Processor {

    @Override
    public void process(Exchange exchange) {
        String etag = exchange.getMessage().getHeader(AWS2S3Constants.E_TAG, "", String.class);
        (etag.isBlank() ? LookUp.UNKNOWN : LookUp.WHOLE).show(exchange);
    }
}
