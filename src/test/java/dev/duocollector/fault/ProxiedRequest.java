// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request as {@link FaultProxy} received it, and what became of it.
 *
 * @param number counts the proxy's requests from 1, in the order in which they were received whole
 * @param path the target without its query
 * @param target path and query as sent
 * @param headers by lower-case name; of those that hold credentials only a digest
 * @param contentLength bytes of the body as sent; with chunked encoding the chunks' frames count
 * @param logicalId the same for each try of one call: the AWS SDK's invocation id where there is one, else a digest of
 *     method, target and body
 * @param fault what was done to it
 * @param status what the server answered; 0 before it has, and for good if it never saw the request or broke the connection
 */
public record ProxiedRequest(
        int number,
        String method,
        String path,
        String target,
        Map<String, String> headers,
        long contentLength,
        String logicalId,
        Fault fault,
        int status) {

    /** Sent by the AWS SDK with each try of a call, the same for all of them (SDK source, ApplyTransactionIdStage). */
    static final String SDK_INVOCATION_ID = "amz-sdk-invocation-id";

    public ProxiedRequest {
        headers = Map.copyOf(headers);
    }

    /** The value of a header, its name in lower case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Whether it asks the server to change something. */
    public boolean isWrite() {
        return !method.equals("GET") && !method.equals("HEAD");
    }

    /** Whether it is signed for S3, and not for Duo. */
    boolean isS3() {
        return headers.containsKey("x-amz-date");
    }

    ProxiedRequest with(Fault decided) {
        return new ProxiedRequest(number, method, path, target, headers, contentLength, logicalId, decided, status);
    }

    ProxiedRequest answeredWith(int answer) {
        return new ProxiedRequest(number, method, path, target, headers, contentLength, logicalId, fault, answer);
    }

    /** Fits a line of a failed assertion. */
    @Override
    public String toString() {
        return "#" + number + " " + method + " " + target + " (" + contentLength + " bytes) " + fault + " " + status;
    }
}
