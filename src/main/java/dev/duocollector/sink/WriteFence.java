// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Stops each write of a batch that was signed later than {@link #AFTER_DECLARATION_MAX} after the batch was declared, by
 * S3's own clock. S3 refuses a request that was signed more than 15 minutes ago (<a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html">Authenticating Requests</a>,
 * read 2026-11-26), so 20 minutes after a declaration no write of it can arrive any more, whatever the network delays,
 * however long this machine was suspended, and whatever its clock says. A recovery may then forget the batch.
 *
 * <p>A PUT carries the time of its declaration under {@value #DECLARED} in its metadata, which is taken out before it is
 * signed. Stateless.
 */
public final class WriteFence implements ExecutionInterceptor {

    /** The name of the metadata with the time of the declaration, such as {@code 2026-11-23T08:15:00Z}. */
    public static final String DECLARED = "duo-declared";

    /** How long after its declaration a write may be signed. */
    public static final Duration AFTER_DECLARATION_MAX = Duration.ofMinutes(5);

    /** How old a state must be before its pending batch may be forgotten: the fence, S3's own bound, and as much again. */
    public static final Duration WRITES_OVER_AFTER = Duration.ofMinutes(30);

    private static final String SIGNED = "X-Amz-Date";
    private static final DateTimeFormatter SIGNED_FORM =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final ExecutionAttribute<Instant> DECLARED_AT =
            new ExecutionAttribute<>("dev.duocollector.declared");

    /** Tells whether a client has the fence; one that an operator made may not, and proves nothing of late writes. */
    public static boolean isIn(S3Client client) {
        return client.serviceClientConfiguration().overrideConfiguration().executionInterceptors().stream()
                .anyMatch(WriteFence.class::isInstance);
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        if (!(context.request() instanceof PutObjectRequest put)
                || !put.metadata().containsKey(DECLARED)) {
            return context.request();
        }
        Map<String, String> metadata = new HashMap<>(put.metadata());
        attributes.putAttribute(DECLARED_AT, Instant.parse(metadata.remove(DECLARED)));
        return put.toBuilder().metadata(metadata).build();
    }

    /** Looks at each try on its own; each is signed again. */
    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        Instant declared = attributes.getAttribute(DECLARED_AT);
        if (declared == null) {
            return;
        }
        String signed = context.httpRequest()
                .firstMatchingHeader(SIGNED)
                .orElseThrow(() -> refused("has no " + SIGNED + ", which its age is read from"));
        try {
            if (SIGNED_FORM.parse(signed, Instant::from).isAfter(declared.plus(AFTER_DECLARATION_MAX))) {
                throw refused("was signed at " + signed + ", more than " + AFTER_DECLARATION_MAX.toMinutes()
                        + " minutes after its batch was declared at " + declared);
            }
        } catch (DateTimeException e) {
            throw refused("has a " + SIGNED + " that is not a time");
        }
    }

    /** Why a write was not let go; its batch stays pending. The cause of the SDK's exception, which is not tried again. */
    static final class LateWriteException extends Exception {

        private static final long serialVersionUID = 1L;

        private LateWriteException(String reason) {
            super("The write " + reason);
        }
    }

    private static SdkClientException refused(String reason) {
        LateWriteException late = new LateWriteException(reason);
        return SdkClientException.create(late.getMessage(), late);
    }
}
