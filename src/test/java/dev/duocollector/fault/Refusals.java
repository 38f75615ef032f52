// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.util.Map;

/**
 * The answers that {@link FaultProxy} gives by itself, in the style of the server that the request is for: S3's XML
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html) or Duo's JSON
 * (https://duo.com/docs/adminapi#response-format), whose 503 comes as a load balancer's page instead.
 */
final class Refusals {

    private static final Map<Integer, String> REASONS =
            Map.of(403, "Forbidden", 500, "Internal Server Error", 503, "Service Unavailable");

    private static final Map<Integer, String> S3_CODES =
            Map.of(403, "AccessDenied", 500, "InternalError", 503, "SlowDown");

    private static final Map<Integer, String> DUO_BODIES = Map.of(
            403, "{\"code\": 40301, \"message\": \"Access forbidden\", \"stat\": \"FAIL\"}",
            500, "{\"code\": 50001, \"message\": \"Unknown internal server error\", \"stat\": \"FAIL\"}");

    private Refusals() {}

    /** The answer for 403, 500 or 503. */
    static HttpMessage of(int status, ProxiedRequest request) {
        String reason = REASONS.getOrDefault(status, "");
        if (request.isS3()) {
            String error = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + S3_CODES.get(status)
                    + "</Code><Message>Answered by a test</Message></Error>";
            return HttpMessage.response(request.method(), status, reason, "application/xml", error);
        }
        String json = DUO_BODIES.get(status);
        return json == null
                ? HttpMessage.response(request.method(), status, reason, "text/html", "<html>" + reason + "</html>")
                : HttpMessage.response(request.method(), status, reason, "application/json", json);
    }
}
