// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.text.PlainLine;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of the page asks for, in the query of its address.
 *
 * @param find a part of the streams' names, in any case; empty for all
 * @param state that of the streams; empty for any
 * @param page which page of the list, from 1
 * @param rows how many streams a page has
 */
record PageParameters(String find, Optional<StreamState> state, int page, int rows) {

    static final int FIND_CHARS_MAX = 64;
    static final int ROWS_DEFAULT = 50;
    static final int ROWS_MAX = 200;

    private static final int PAGE_MAX = 100_000;
    private static final int QUERY_CHARS_MAX = 1000;

    /** How much of a wrong value is shown. */
    private static final int SHOWN_MAX = 40;

    private static final String FIND = "find";
    private static final String STATE = "state";
    private static final String PAGE = "page";
    private static final String ROWS = "rows";
    private static final List<String> NAMES = List.of(FIND, STATE, PAGE, ROWS);

    /**
     * Reads them.
     *
     * @param query as it came, without the question mark; null is none
     * @throws WrongParameterException for the first that is wrong
     */
    static PageParameters parse(@Nullable String query) throws WrongParameterException {
        Map<String, String> given = given(query == null ? "" : query);
        return new PageParameters(
                find(given.getOrDefault(FIND, "")),
                state(given.getOrDefault(STATE, "")),
                number(PAGE, given, 1, PAGE_MAX),
                number(ROWS, given, ROWS_DEFAULT, ROWS_MAX));
    }

    private static Map<String, String> given(String query) throws WrongParameterException {
        if (query.length() > QUERY_CHARS_MAX) {
            throw new WrongParameterException(
                    "The query has " + query.length() + " characters. Allowed: up to " + QUERY_CHARS_MAX + ".");
        }
        Map<String, String> given = new LinkedHashMap<>();
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decoded(equals < 0 ? part : part.substring(0, equals));
            String value = decoded(equals < 0 ? "" : part.substring(equals + 1));
            if (!NAMES.contains(name)) {
                throw new WrongParameterException(
                        "Parameter " + shown(name) + " does not exist. Allowed: " + String.join(", ", NAMES) + ".");
            }
            if (given.put(name, value) != null) {
                throw new WrongParameterException("Parameter " + name + " is given twice. Allowed: once.");
            }
        }
        return given;
    }

    private static String decoded(String text) throws WrongParameterException {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new WrongParameterException("The query has " + shown(text)
                    + ", which is not percent-encoded. Allowed: % and two hexadecimal digits.");
        }
    }

    private static String find(String value) throws WrongParameterException {
        String find = value.strip();
        if (find.length() > FIND_CHARS_MAX || !find.codePoints().allMatch(PlainLine::isPlain)) {
            throw wrong(FIND, value, "up to " + FIND_CHARS_MAX + " characters of an account's or a log's name");
        }
        return find;
    }

    private static Optional<StreamState> state(String value) throws WrongParameterException {
        Optional<StreamState> state = StreamState.named(value);
        if (state.isEmpty() && !value.isEmpty()) {
            throw wrong(
                    STATE,
                    value,
                    Arrays.stream(StreamState.values())
                            .map(StreamState::parameter)
                            .collect(Collectors.joining(", ", "", ", or nothing for any")));
        }
        return state;
    }

    private static int number(String name, Map<String, String> given, int otherwise, int max)
            throws WrongParameterException {
        String value = given.getOrDefault(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        // Not any digit of any script, which parseInt takes.
        int number = value.matches("[0-9]{1,6}") ? Integer.parseInt(value) : 0;
        if (number < 1 || number > max) {
            throw wrong(name, value, wholeNumber(max));
        }
        return number;
    }

    private static String wholeNumber(int max) {
        return max == 1 ? "1" : "a whole number from 1 to " + max;
    }

    private static WrongParameterException wrong(String name, String value, String allowed) {
        return new WrongParameterException("Parameter " + name + " is " + shown(value) + ". Allowed: " + allowed + ".");
    }

    private static String shown(String value) {
        return "'" + (value.length() > SHOWN_MAX ? value.substring(0, SHOWN_MAX) + "…" : value) + "'";
    }

    /** Returns those of the rows that are asked for, on whichever page. */
    List<StreamRow> matching(List<StreamRow> rows) {
        String part = find.toLowerCase(Locale.ROOT);
        return rows.stream()
                .filter(row -> state.isEmpty() || row.state() == state.get())
                .filter(row -> row.name().toLowerCase(Locale.ROOT).contains(part))
                .toList();
    }

    /** How many pages that makes; one at least. */
    int pages(int matching) {
        return Math.max(1, (matching + rows - 1) / rows);
    }

    /** Returns the rows of the page that is asked for. */
    List<StreamRow> onPage(List<StreamRow> matching) throws WrongParameterException {
        int pages = pages(matching.size());
        if (page > pages) {
            throw wrong(PAGE, String.valueOf(page), wholeNumber(pages));
        }
        return matching.subList((page - 1) * rows, Math.min(page * rows, matching.size()));
    }

    /** Whether anything is left out. */
    boolean isFilter() {
        return !find.isEmpty() || state.isPresent();
    }

    /** Returns the query for another page of the same, with its question mark. */
    String toPage(int other) {
        StringBuilder query = new StringBuilder("?page=").append(other);
        if (!find.isEmpty()) {
            query.append("&find=").append(URLEncoder.encode(find, UTF_8));
        }
        state.ifPresent(only -> query.append("&state=").append(only.parameter()));
        if (rows != ROWS_DEFAULT) {
            query.append("&rows=").append(rows);
        }
        return query.toString();
    }
}
