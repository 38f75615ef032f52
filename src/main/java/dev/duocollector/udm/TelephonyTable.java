// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.udm.MappingTable.Row;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The table at the end of Google's guide "Collect Duo Telephony logs" (the Korean edition for Amazon S3 and the English one of
 * March 2026), row by row and in its order, to be held against it. The rows are applied in that order, so a later one may
 * replace what an earlier one set. Their readings and the reason for each are in UDM.md, which a test compares with this list.
 */
final class TelephonyTable {

    private static final String EVENT_TIMESTAMP = "metadata.event_timestamp";

    static final List<Row> ROWS = List.of(
            copy(1, "context", "metadata.product_event_type"),
            detectionField(2, "credits"),
            detectionField(3, "eventtype"),
            field(4, "host", "principal.hostname", TelephonyTable::host),
            Row.constant(5, "security_result.action", List.of("ALLOW")),
            Row.constant(6, "extensions.auth.mechanism", List.of("MECHANISM_UNSPECIFIED")),
            new Row(
                    7,
                    "ts",
                    EVENT_TIMESTAMP,
                    (event, udm) -> event.isoTime("ts").ifPresent(udm::eventTimestamp)),
            new Row(8, "", "metadata.event_type", (event, udm) -> udm.set("metadata.eventType", eventType(event))),
            Row.constant(9, "metadata.log_type", "DUO_TELEPHONY"),
            Row.constant(10, "metadata.product_name", "Telephony"),
            Row.constant(11, "metadata.vendor_name", "Duo"),
            field(
                    12,
                    "phone",
                    "principal.user.phone_numbers",
                    (udm, text) -> udm.set("principal.user.phoneNumbers", List.of(text))),
            copy(13, "phone", "principal.user.userid"),
            Row.constant(14, "security_result.severity", "INFORMATIONAL"),
            Row.constant(15, "security_result.summary", "Duo Telephony"),
            new Row(16, "timestamp", EVENT_TIMESTAMP, TelephonyTable::olderTimes),
            copy(17, "type", "security_result.summary"));

    /** What the table leaves out and Google's mapping of DUO_AUTH has, so that a call can be joined with its authentication. */
    static final List<Row> IDS =
            List.of(copy(0, "telephony_id", "metadata.product_log_id"), copy(0, "txid", "network.session_id"));

    private TelephonyTable() {}

    private static Row copy(int number, String logField, String target) {
        String path = MappingTable.jsonName(target);
        return field(number, logField, target, (udm, text) -> udm.set(path, text));
    }

    private static Row detectionField(int number, String logField) {
        return field(
                number,
                logField,
                "security_result.detection_fields.value",
                (udm, text) -> udm.label("securityResult.detectionFields", logField, text));
    }

    /** A row that does something with a field's text; unlike {@link Row#with}, it notes an object or an array as a flaw. */
    private static Row field(int number, String logField, String target, BiConsumer<UdmBuilder, String> use) {
        return new Row(
                number,
                logField,
                target,
                (event, udm) -> event.text(logField).ifPresent(text -> use.accept(udm, text)));
    }

    private static void host(UdmBuilder udm, String host) {
        if (IpAddress.isLiteral(host)) {
            udm.set("principal.ip", List.of(host));
        } else {
            udm.set("principal.hostname", host);
        }
    }

    private static String eventType(Fields event) {
        if (!event.has("host")) {
            return "GENERIC_EVENT";
        }
        return event.has("context") ? "USER_UNCATEGORIZED" : "STATUS_UPDATE";
    }

    /** The first version's rows have no ts; and where ts cannot be read, these may be. */
    private static void olderTimes(Fields event, UdmBuilder udm) {
        if (!udm.hasEventTimestamp()) {
            event.epochTime("timestamp").or(() -> event.isoTime("isotimestamp")).ifPresent(udm::eventTimestamp);
        }
    }
}
