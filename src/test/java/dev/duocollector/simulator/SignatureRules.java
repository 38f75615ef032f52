// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Verifies the Authorization and Date headers over what came on the wire, see https://duo.com/docs/adminapi#authentication.
 * Stricter than Duo in the Date, which must be in UTC, and in the query, which must be sent in its canonical form.
 */
final class SignatureRules {
    private static final DateTimeFormatter RFC_2822 = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
            .withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern UTC = Pattern.compile(".* [+-]0000");
    private static final String SCHEME = "Basic ";

    private record Signature(String hex) {
        boolean matches(String expected) {
            return MessageDigest.isEqual(expected.getBytes(UTF_8), hex.getBytes(UTF_8));
        }
    }

    private final Set<CanonicalRequest.Version> versions;
    private final Duration tolerance;

    /** @param tolerance how far the Date may lie from the simulator's clock, both ways, bounds included */
    SignatureRules(Set<CanonicalRequest.Version> versions, Duration tolerance) {
        this.versions = Set.copyOf(versions);
        this.tolerance = tolerance;
    }

    /** Returns the integration key that the request comes with, or nothing if it has none that can be read. */
    static Optional<String> ikey(Request request) {
        try {
            return Optional.of(credentials(request)[0]);
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the version that the request is signed with.
     *
     * @param secret the secret key that goes with the request's integration key, absent if that key is unknown
     * @param now the time that the Date is held against
     */
    CanonicalRequest.Version check(Request request, Optional<String> secret, Instant now) throws Refusal {
        Signature signature = new Signature(credentials(request)[1]);
        String skey = secret.orElseThrow(() -> Refusal.invalidSignature("unknown integration key"));
        String date = request.header("date").orElseThrow(() -> Refusal.badTimestamp("header Date is missing"));
        Instant sent = parse(date);
        String host = host(request);
        String query = canonical(request.rawQuery())
                .orElseThrow(() -> Refusal.strictness("query cannot be decoded: was " + request.rawQuery()));
        CanonicalRequest.Version signed = versions.stream()
                .filter(version -> parameters(request, version, query)
                        .map(parameters -> new CanonicalRequest(
                                date, request.method(), host, request.path(), parameters, request.body()))
                        .filter(lines ->
                                lines.signatures(version, skey).stream().anyMatch(signature::matches))
                        .isPresent())
                .findFirst()
                .orElseThrow(() -> Refusal.invalidSignature(
                        "not a signature of " + versions + " over this date, method, host, path, query and body"));
        if (Duration.between(sent, now).abs().compareTo(tolerance) > 0) {
            throw Refusal.badTimestamp(
                    "Date " + date + " is more than " + tolerance + " away from the server's time " + now);
        }
        if (!query.equals(request.rawQuery())) {
            throw Refusal.strictness(
                    "query must be sent as it is signed: was " + request.rawQuery() + " instead of " + query);
        }
        if (formSigned(request, signed)
                && !canonical(request.body()).orElseThrow().equals(request.body())) {
            throw Refusal.strictness("body must be sent as it is signed: was " + request.body());
        }
        return signed;
    }

    /** Returns the integration key and the signature. */
    private static String[] credentials(Request request) throws Refusal {
        String header = request.header("authorization")
                .orElseThrow(() -> Refusal.invalidSignature("header Authorization is missing"));
        if (!header.startsWith(SCHEME)) {
            throw Refusal.invalidSignature("header Authorization must begin with Basic");
        }
        String credentials;
        try {
            credentials = new String(Base64.getDecoder().decode(header.substring(SCHEME.length())), UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalidSignature("header Authorization must hold Base64");
        }
        int colon = credentials.indexOf(':');
        if (colon < 0) {
            throw Refusal.invalidSignature("header Authorization must hold ikey:signature");
        }
        return new String[] {credentials.substring(0, colon), credentials.substring(colon + 1)};
    }

    private static Instant parse(String date) throws Refusal {
        try {
            if (UTC.matcher(date).matches()) {
                return OffsetDateTime.parse(date, RFC_2822).toInstant();
            }
        } catch (DateTimeParseException e) {
            // Told below, with the form that is wanted.
        }
        throw Refusal.badTimestamp(
                "Date must be like \"Tue, 21 Aug 2012 17:29:18 -0000\" and in UTC: was \"" + date + "\"");
    }

    /** Returns the line of parameters, or nothing if they cannot be decoded; version 2 has those of a POST in its body. */
    private static Optional<String> parameters(Request request, CanonicalRequest.Version version, String query) {
        return formSigned(request, version) ? canonical(request.body()) : Optional.of(query);
    }

    private static boolean formSigned(Request request, CanonicalRequest.Version version) {
        return request.method().equals("POST") && version == CanonicalRequest.Version.V2;
    }

    private static Optional<String> canonical(String raw) {
        try {
            return Optional.of(QueryString.parse(raw).canonical());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String host(Request request) throws Refusal {
        String host = request.header("host").orElseThrow(() -> Refusal.strictness("header Host is missing"));
        return host.replaceFirst(":[0-9]+$", "");
    }
}
