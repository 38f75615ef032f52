// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Numbers the requests, asks the plan about each, and remembers what became of them. Safe for use by several threads. */
final class RequestLog {

    /** What a failed assertion must not print; a digest tells two apart. */
    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "x-amz-security-token");

    private final List<ProxiedRequest> requests = new ArrayList<>();
    private FaultPlan plan = FaultPlan.none();

    synchronized void plan(FaultPlan next) {
        plan = next;
    }

    /** The request with its number and its fault. */
    synchronized ProxiedRequest add(HttpMessage message) {
        String path = message.target().split("\\?", 2)[0];
        Map<String, String> headers = new HashMap<>(message.fields());
        headers.replaceAll((name, value) ->
                CREDENTIALS.contains(name) ? "SHA-256 " + digest(value.getBytes(StandardCharsets.ISO_8859_1)) : value);
        ProxiedRequest request = new ProxiedRequest(
                requests.size() + 1,
                message.method(),
                path,
                message.target(),
                headers,
                message.body().length,
                logicalId(message),
                Fault.NONE,
                0);
        ProxiedRequest decided = request.with(plan.faultFor(request));
        requests.add(decided);
        return decided;
    }

    /** Notes the server's answer, unless the request has been forgotten meanwhile. */
    synchronized void answered(ProxiedRequest request, int status) {
        int index = request.number() - 1;
        if (index < requests.size() && requests.get(index).equals(request)) {
            requests.set(index, request.answeredWith(status));
        }
    }

    synchronized List<ProxiedRequest> requests() {
        return List.copyOf(requests);
    }

    synchronized void reset() {
        requests.clear();
    }

    private static String logicalId(HttpMessage message) {
        String invocation = message.fields().get(ProxiedRequest.SDK_INVOCATION_ID);
        if (invocation != null) {
            return invocation;
        }
        return digest(
                (message.method() + " " + message.target() + "\n").getBytes(StandardCharsets.ISO_8859_1),
                message.body());
    }

    private static String digest(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }
}
