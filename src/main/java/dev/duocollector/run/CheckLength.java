// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.state.Batch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Takes S3's answer to a HEAD of the current batch's object, and leaves that the object is whole if it is as long as the batch
 * was declared. Any other one must be read back, and so must UDM events, since their length is not declared.
 */
public final class CheckLength implements Processor {

    @Override
    public void process(Exchange exchange) {
        Batch batch = Run.of(exchange).batch();
        Long bytes = exchange.getMessage().getBody(HeadObjectResponse.class).contentLength();
        boolean declared = batch.objectKey().equals(exchange.getMessage().getHeader(AWS2S3Constants.KEY, String.class))
                && batch.declarations().stream().anyMatch(declaration -> bytes != null && declaration.bytes() == bytes);
        (declared ? LookUp.WHOLE : LookUp.UNKNOWN).show(exchange);
    }
}
