// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The body of a POST: JSON where signature version 5 has signed it, a form where version 2 has, as Duo's Python client sends
 * them (client.py, commit 6e207eb). The only POST that is served has no parameters, so a body is empty or holds none. What
 * Duo says to another Content-Type is not known, nor whether it minds parameters that it does not need.
 */
final class BodyRules {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private BodyRules() {}

    /** @param signed how the body is signed */
    static void check(Request request, CanonicalRequest.Version signed) throws Refusal {
        checkType(request, signed);
        List<String> names = parameterNames(request, signed);
        if (!names.isEmpty()) {
            throw Refusal.invalidParameter("unknown parameter " + names.get(0));
        }
    }

    /** A request without body need not have a type. */
    private static void checkType(Request request, CanonicalRequest.Version signed) throws Refusal {
        String wanted = type(signed);
        String type = request.header("content-type").orElse(request.body().isEmpty() ? wanted : "");
        String[] parts = type.toLowerCase(Locale.ROOT).split(" *; *", 2);
        if (!parts[0].equals(wanted) || (parts.length == 2 && !parts[1].equals("charset=utf-8"))) {
            throw Refusal.strictness(
                    "Content-Type must be " + wanted + " with signature version " + signed + ": was \"" + type + "\"");
        }
    }

    /** Returns the names of the parameters in the query, where a POST has none, and in the body. */
    private static List<String> parameterNames(Request request, CanonicalRequest.Version signed) throws Refusal {
        List<String> names = names(request.rawQuery());
        if (signed == CanonicalRequest.Version.V2) {
            names.addAll(names(request.body()));
        } else if (!request.body().isEmpty()) {
            object(request.body()).fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    private static List<String> names(String form) {
        return QueryString.parse(form).parameters().stream()
                .map(QueryString.Parameter::name)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static JsonNode object(String body) throws Refusal {
        try {
            JsonNode json = JSON.readTree(body);
            if (json.isObject()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // Refused below, like JSON of another kind.
        }
        throw Refusal.invalidParameter("body must be a JSON object");
    }

    private static String type(CanonicalRequest.Version signed) {
        return switch (signed) {
            case V2 -> "application/x-www-form-urlencoded";
            case V5 -> "application/json";
        };
    }
}
