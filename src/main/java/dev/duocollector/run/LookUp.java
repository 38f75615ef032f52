// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/** What is known of an object in the bucket, in the exchange variable {@value #VARIABLE}, which the routes ask. */
enum LookUp {
    /** Nothing is there. */
    MISSING,
    /** It is there, whole. */
    WHOLE,
    /** Something is there, or may be, and it must be looked at. */
    UNKNOWN;

    private static final String VARIABLE = "stored";

    /** Says so to the route; what is there whole may be confirmed. */
    void show(Exchange exchange) {
        if (this == WHOLE) {
            Run.of(exchange).current().inBucket(exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class));
        }
        exchange.setVariable(VARIABLE, name().toLowerCase(Locale.ROOT));
    }
}
