// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import dev.duocollector.simulator.PageQuery.Sort;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the parameters of a GET of a log. Stricter than Duo is known to be: mintime and maxtime belong on
 * every page, an offset goes only with the account, log, window, limit and sort it was issued for, and nothing unknown or repeated passes.
 * The bounds are those of the docstring of get_telephony_log in Duo's Python client
 * (https://github.com/duosecurity/duo_client_python).
 */
final class ParameterRules {
    private static final Set<String> KNOWN = Set.of("mintime", "maxtime", "limit", "next_offset", "sort");
    private static final int LIMIT_DEFAULT = 100;
    private static final int LIMIT_MAX = 1000;
    private static final Duration RETENTION = Duration.ofDays(180);

    private final IssuedOffsets issued;
    private final String owner;

    /** @param owner the log and the account whose offsets go */
    ParameterRules(IssuedOffsets issued, String owner) {
        this.issued = issued;
        this.owner = owner;
    }

    /** @param more names of parameters that belong to the request and not to the log */
    PageQuery check(Request request, Set<String> more) throws Refusal {
        Map<String, String> parameters = distinct(request, more);
        Instant mintime = time("mintime", parameters);
        Instant maxtime = time("maxtime", parameters);
        if (!mintime.isBefore(maxtime)) {
            throw Refusal.invalidParameter("mintime must be before maxtime");
        }
        Instant oldest = request.at().minus(RETENTION);
        if (mintime.isBefore(oldest)) {
            throw Refusal.invalidParameter("mintime must be within the past " + RETENTION.toDays() + " days");
        }
        PageQuery first = new PageQuery(mintime, maxtime, limit(parameters), sort(parameters), Optional.empty());
        String offset = parameters.get("next_offset");
        return offset == null ? first : behind(offset, first, oldest);
    }

    private PageQuery behind(String offset, PageQuery first, Instant oldest) throws Refusal {
        if (!issued.accept(owner, offset, first, oldest)) {
            throw Refusal.invalidParameter(
                    "next_offset was not issued for this mintime, maxtime, limit and sort: was " + offset);
        }
        return new PageQuery(
                first.mintime(), first.maxtime(), first.limit(), first.sort(), Optional.of(Position.parse(offset)));
    }

    private static Map<String, String> distinct(Request request, Set<String> more) throws Refusal {
        Map<String, String> parameters = new HashMap<>();
        for (QueryString.Parameter parameter :
                QueryString.parse(request.rawQuery()).parameters()) {
            if (!KNOWN.contains(parameter.name()) && !more.contains(parameter.name())) {
                throw Refusal.invalidParameter("unknown parameter " + parameter.name());
            }
            if (parameters.put(parameter.name(), parameter.value()) != null) {
                throw Refusal.invalidParameter("repeated parameter " + parameter.name());
            }
        }
        return parameters;
    }

    private static Instant time(String name, Map<String, String> parameters) throws Refusal {
        String value = parameters.get(name);
        if (value == null) {
            throw Refusal.missingParameter(name);
        }
        if (!value.matches("[0-9]{13}")) {
            throw Refusal.invalidParameter("'" + name + "' must be a timestamp in milliseconds");
        }
        return Instant.ofEpochMilli(Long.parseLong(value));
    }

    private static int limit(Map<String, String> parameters) throws Refusal {
        String value = parameters.getOrDefault("limit", String.valueOf(LIMIT_DEFAULT));
        if (!value.matches("[1-9][0-9]{0,8}") || Integer.parseInt(value) > LIMIT_MAX) {
            throw Refusal.invalidParameter("limit must be between 1 and " + LIMIT_MAX + ": was " + value);
        }
        return Integer.parseInt(value);
    }

    private static Sort sort(Map<String, String> parameters) throws Refusal {
        String value = parameters.getOrDefault("sort", "ts:desc");
        return switch (value) {
            case "ts:asc" -> Sort.ASCENDING;
            case "ts:desc" -> Sort.DESCENDING;
            default -> throw Refusal.invalidParameter("sort must be ts:asc or ts:desc: was " + value);
        };
    }
}
