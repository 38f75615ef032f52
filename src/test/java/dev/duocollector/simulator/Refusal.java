// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

/**
 * A request refused by the simulator's rules, with Duo's code and words where Duo has them. Codes and messages as seen in
 * the issues of Duo's clients (duo_client_java 5 and 30, duo_log_sync 36).
 */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;
    private final String detail;

    private Refusal(int code, String message, String detail) {
        super(message, null, false, false);
        this.code = code;
        this.detail = detail;
    }

    static Refusal accessForbidden() {
        return accessForbidden("");
    }

    static Refusal accessForbidden(String detail) {
        return new Refusal(40301, "Access forbidden", detail);
    }

    /** Duo's words and status (support.liongard.com, article 8869100); its code is not known. */
    static Refusal crossDeployment() {
        return new Refusal(
                40003,
                "Cross-deployment Admin API usage through Accounts API is currently not available, please refer to: "
                        + "https://duo.com/docs/accountsapi#using-accounts-api-with-admin-api",
                "");
    }

    static Refusal missingParameter(String name) {
        return new Refusal(40001, "Missing required request parameters", name);
    }

    static Refusal invalidParameter(String detail) {
        return new Refusal(40002, "Invalid request parameters", detail);
    }

    /** A rule that Duo does not have: it takes what a proxy or another client's encoding makes of a request. */
    static Refusal strictness(String detail) {
        return new Refusal(40099, "Refused by the simulator, not by Duo", detail);
    }

    static Refusal invalidSignature(String detail) {
        return new Refusal(40103, "Invalid signature in request credentials", detail);
    }

    static Refusal badTimestamp(String detail) {
        return new Refusal(40105, "Bad request timestamp", detail);
    }

    static Refusal noSuchResource(String path) {
        return new Refusal(40401, "Resource not found", path);
    }

    static Refusal methodNotAllowed(String method) {
        return new Refusal(40501, "Method not allowed", method);
    }

    static Refusal tooManyRequests(String detail) {
        return new Refusal(42901, "Too Many Requests", detail);
    }

    int code() {
        return code;
    }

    String detail() {
        return detail;
    }

    Answer answer() {
        return Answer.failure(code, getMessage(), detail);
    }
}
