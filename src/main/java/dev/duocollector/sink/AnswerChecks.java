// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import dev.duocollector.failure.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Takes no answer for more than it proves, since the SDK reads an empty page as an empty list, and a server that is not S3, or
 * not whole, may answer 200 to anything. A list must be one (<a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html">ListObjectsV2</a>, read 2026-11-28), or the
 * call fails with a {@link ListAnswerException}. A write is answered without a body (<a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html">PutObject</a>, read 2026-11-28); one with a body
 * loses its ETag, and what is there must be looked at. Stateless: {@link EndingLists} compares a list's pages.
 */
public final class AnswerChecks implements ExecutionInterceptor {

    private static final ExecutionAttribute<Boolean> HAS_BODY = new ExecutionAttribute<>("dev.duocollector.has-body");

    /** Looks whether the answer to a write has a body: its first byte tells, whatever its head says. */
    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        Optional<InputStream> body = context.responseBody();
        if (body.isEmpty()
                || !(context.request() instanceof PutObjectRequest)
                || !context.httpResponse().isSuccessful()) {
            return body;
        }
        attributes.putAttribute(HAS_BODY, hasBytes(body.get()));
        return Optional.of(InputStream.nullInputStream());
    }

    private static boolean hasBytes(InputStream body) {
        try (body) {
            return body.read() >= 0;
        } catch (IOException e) {
            // One was announced; the write itself may have been made, and a failure here would hide that.
            return true;
        }
    }

    @Override
    public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
        return context.response() instanceof PutObjectResponse put
                        && Boolean.TRUE.equals(attributes.getAttribute(HAS_BODY))
                ? put.toBuilder().eTag(null).build()
                : context.response();
    }

    /** Looks at a list when the SDK has decoded its keys, which it does after it has read them. */
    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        if (context.request() instanceof ListObjectsV2Request asked
                && context.response() instanceof ListObjectsV2Response list) {
            flaw(asked, list).ifPresent(flaw -> {
                throw wrongList(context.httpResponse(), flaw);
            });
        }
    }

    /** Tells a list that is no XML from one that does not come to its end: the SDK fails alike, and only the causes differ. */
    @Override
    public Throwable modifyException(Context.FailedExecution context, ExecutionAttributes attributes) {
        Throwable failure = context.exception();
        boolean isNoXml = context.request() instanceof ListObjectsV2Request
                && failure instanceof SdkClientException
                && FailureText.causeOf(failure, XMLStreamException.class)
                        .filter(xml -> !(xml.getNestedException() instanceof IOException))
                        .isPresent()
                && FailureText.causeOf(failure, IOException.class).isEmpty();
        return isNoXml
                ? context.httpResponse()
                        .filter(SdkHttpResponse::isSuccessful)
                        .<Throwable>map(response -> wrongList(response, "it is not whole XML"))
                        .orElse(failure)
                : failure;
    }

    /** Returns the failure of an answer that is no list. */
    static SdkClientException wrongList(SdkHttpResponse response, String flaw) {
        ListAnswerException wrong = new ListAnswerException(head(response), flaw);
        return SdkClientException.create(wrong.getMessage(), wrong);
    }

    private static Optional<String> flaw(ListObjectsV2Request asked, ListObjectsV2Response list) {
        if (list.isTruncated() == null) {
            return Optional.of("it has no IsTruncated");
        }
        String next = list.nextContinuationToken();
        if (list.isTruncated() && (next == null || next.isBlank())) {
            return Optional.of("it says that more follows, and has no NextContinuationToken");
        }
        if (list.isTruncated() && next.equals(asked.continuationToken())) {
            return Optional.of("its NextContinuationToken is the one that it was asked with");
        }
        return flaw(asked.prefix(), list.contents());
    }

    private static Optional<String> flaw(@Nullable String prefix, List<S3Object> entries) {
        for (S3Object entry : entries) {
            if (entry.key() == null) {
                return Optional.of("an entry has no Key");
            }
            if (entry.size() == null) {
                return Optional.of("an entry has no Size");
            }
            if (prefix != null && !entry.key().startsWith(prefix)) {
                return Optional.of("an entry's Key does not begin with the prefix " + prefix);
            }
        }
        return Optional.empty();
    }

    private static String head(SdkHttpResponse response) {
        return "HTTP " + response.statusCode()
                + response.firstMatchingHeader("Content-Type")
                        .map(type -> type.replaceFirst(";.*", "").strip())
                        .filter(type -> type.matches("[\\w.+/-]{1,80}"))
                        .map(type -> ", " + type)
                        .orElse("");
    }

    /** Why an answer to ListObjectsV2 is no list. The cause of the SDK's exception, which is not tried again. */
    static final class ListAnswerException extends Exception {

        private static final long serialVersionUID = 1L;

        private ListAnswerException(String head, String flaw) {
            super(head + ": " + flaw);
        }
    }
}
