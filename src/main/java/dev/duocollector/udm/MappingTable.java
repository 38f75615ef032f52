// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.settings.DuoLog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * The table by which a log's events become UDM events, row by row. The rows are applied in their order, so a later one may
 * replace what an earlier one set. UDM.md has each table and what of it is inferred; a test holds both together.
 *
 * @param rows all rows, in order
 * @param fields the first names of the fields that a row reads
 * @param times the fields that a time is looked for in, in words
 */
record MappingTable(List<Row> rows, Set<String> fields, String times) {

    private static final Pattern UNDERSCORE = Pattern.compile("_([a-z])");

    /**
     * Returns the table of a log.
     *
     * @param ids with what telephony's table leaves open
     */
    static MappingTable of(DuoLog log, boolean ids) {
        return switch (log) {
            case TELEPHONY -> {
                List<Row> rows = new ArrayList<>(TelephonyTable.ROWS);
                if (ids) {
                    rows.addAll(TelephonyTable.IDS);
                }
                yield of(rows, "isotimestamp", "ts, timestamp or isotimestamp");
            }
            case AUTHENTICATION -> of(AuthenticationTable.ROWS, "isotimestamp", "timestamp or isotimestamp");
            case ACTIVITY -> of(ActivityTable.ROWS, "ts", "ts");
        };
    }

    private static MappingTable of(List<Row> rows, String alsoRead, String times) {
        Set<String> fields = new HashSet<>();
        fields.add(alsoRead);
        for (Row row : rows) {
            if (!row.logField().isEmpty()) {
                fields.add(firstName(row.logField()));
            }
        }
        return new MappingTable(List.copyOf(rows), Set.copyOf(fields), times);
    }

    private static String firstName(String field) {
        int dot = field.indexOf('.');
        return dot < 0 ? field : field.substring(0, dot);
    }

    /**
     * A row of the table.
     *
     * @param number its place in the table, from 1; 0 for what is not in the table
     * @param logField the field that it reads, a nested one with dots; empty in rows that set a constant or look at several
     * @param target what it sets, in the proto's names
     * @param logic reads the one and sets the other
     */
    record Row(int number, String logField, String target, BiConsumer<Fields, UdmBuilder> logic) {

        /** A row that copies a plain value's text, if there is one. */
        static Row copy(int number, String logField, String target) {
            String path = jsonName(target);
            return with(number, logField, target, (udm, text) -> udm.set(path, text));
        }

        /** A row that copies a plain value's text into a list of one. */
        static Row copyToList(int number, String logField, String target) {
            String path = jsonName(target);
            return with(number, logField, target, (udm, text) -> udm.set(path, List.of(text)));
        }

        /** A row that copies a plain value's text that has at most so many bytes. */
        static Row copyAtMost(int bytesMax, int number, String logField, String target) {
            String path = jsonName(target);
            return new Row(
                    number,
                    logField,
                    target,
                    (event, udm) -> event.plain(logField, bytesMax).ifPresent(text -> udm.set(path, text)));
        }

        /** A row that copies an IP address, and nothing that is none. */
        static Row ip(int number, String logField, String target) {
            String path = jsonName(target);
            return with(number, logField, target, (udm, text) -> {
                if (IpAddress.isLiteral(text)) {
                    udm.set(path, List.of(text));
                }
            });
        }

        /** A row that adds a plain value's text to labels. */
        static Row label(int number, String logField, String target, String key) {
            String path = jsonName(target);
            return with(number, logField, target, (udm, text) -> udm.label(path, key, text));
        }

        /** A row that adds whatever the field holds to labels, an object or an array as JSON. */
        static Row labelOfAnything(int number, String logField, String target, String key) {
            String path = jsonName(target);
            return new Row(
                    number,
                    logField,
                    target,
                    (event, udm) -> event.json(logField).ifPresent(text -> udm.label(path, key, text)));
        }

        /** A row that does something with a plain value's text, if there is one. */
        static Row with(int number, String logField, String target, BiConsumer<UdmBuilder, String> use) {
            return new Row(
                    number,
                    logField,
                    target,
                    (event, udm) -> event.plain(logField).ifPresent(text -> use.accept(udm, text)));
        }

        static Row constant(int number, String target, Object value) {
            String path = jsonName(target);
            return new Row(number, "", target, (event, udm) -> udm.set(path, value));
        }
    }

    /** Returns the name that proto3's JSON has for a field that is named as in the proto. */
    static String jsonName(String protoName) {
        return UNDERSCORE
                .matcher(protoName)
                .replaceAll(match ->
                        String.valueOf(Character.toUpperCase(match.group(1).charAt(0))));
    }
}
