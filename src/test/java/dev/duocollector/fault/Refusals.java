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

    private static final Map<Integer, String> REASONS = Map.of(
            403, "Forbidden", 412, "Precondition Failed", 500, "Internal Server Error", 503, "Service Unavailable");

    private static final Map<Integer, String> S3_CODES =
            Map.of(403, "AccessDenied", 412, "PreconditionFailed", 500, "InternalError", 503, "SlowDown");

    private static final Map<Integer, String> DUO_BODIES = Map.of(
            403, "{\"code\": 40301, \"message\": \"Access forbidden\", \"stat\": \"FAIL\"}",
            500, "{\"code\": 50001, \"message\": \"Unknown internal server error\", \"stat\": \"FAIL\"}");

    private Refusals() {}

    /** S3's success, of a HEAD with the ETag and the length of an empty object, of anything else with neither. */
    static HttpMessage success(ProxiedRequest request) {
        HttpMessage answer = HttpMessage.response(request.method(), 200, "OK", "application/octet-stream", "");
        return request.method().equals("HEAD")
                ? answer.withField("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"")
                : answer;
    }

    /** S3's success with the ETag of an empty object, and its error for 500 as the body. */
    static HttpMessage errorInSuccess(ProxiedRequest request) {
        return HttpMessage.response(request.method(), 200, "OK", "application/xml", s3Error(500))
                .withField("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\"");
    }

    private static String s3Error(int status) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + S3_CODES.get(status)
                + "</Code><Message>Answered by a test</Message></Error>";
    }

    /** The answer for 403, 412 (S3 only), 500 or 503. */
    static HttpMessage of(int status, ProxiedRequest request) {
        String reason = REASONS.getOrDefault(status, "");
        if (request.isS3()) {
            return HttpMessage.response(request.method(), status, reason, "application/xml", s3Error(status));
        }
        String json = DUO_BODIES.get(status);
        return json == null
                ? HttpMessage.response(request.method(), status, reason, "text/html", "<html>" + reason + "</html>")
                : HttpMessage.response(request.method(), status, reason, "application/json", json);
    }
}
