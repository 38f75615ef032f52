// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.udm.MappingTable.Row;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The table at the end of Google's guide "Collect Duo Telephony logs" (the Korean edition for Amazon S3 and the English one of
 * March 2026), row by row and in its order, to be held against it. The rows are applied in that order, so a later one may
 * replace what an earlier one set. Their readings and the reason for each are in UDM.md, which a test compares with this list.
 */
final class TelephonyTable {

    private static final String DETECTION_FIELD = "security_result.detection_fields.value";
    private static final String EVENT_TIMESTAMP = "metadata.event_timestamp";

    static final List<Row> ROWS = List.of(
            field(1, "context", "metadata.product_event_type", (udm, text) -> udm.metadata("productEventType", text)),
            field(2, "credits", DETECTION_FIELD, (udm, text) -> udm.detectionField("credits", text)),
            field(3, "eventtype", DETECTION_FIELD, (udm, text) -> udm.detectionField("eventtype", text)),
            field(4, "host", "principal.hostname", TelephonyTable::host),
            constant(5, "security_result.action", udm -> udm.securityResult("action", List.of("ALLOW"))),
            constant(6, "extensions.auth.mechanism", udm -> udm.authMechanism("MECHANISM_UNSPECIFIED")),
            new Row(
                    7,
                    "ts",
                    EVENT_TIMESTAMP,
                    (event, udm) -> event.isoTime("ts").ifPresent(udm::eventTimestamp)),
            new Row(8, "", "metadata.event_type", (event, udm) -> udm.metadata("eventType", eventType(event))),
            constant(9, "metadata.log_type", udm -> udm.metadata("logType", "DUO_TELEPHONY")),
            constant(10, "metadata.product_name", udm -> udm.metadata("productName", "Telephony")),
            constant(11, "metadata.vendor_name", udm -> udm.metadata("vendorName", "Duo")),
            field(
                    12,
                    "phone",
                    "principal.user.phone_numbers",
                    (udm, text) -> udm.principalUser("phoneNumbers", List.of(text))),
            field(13, "phone", "principal.user.userid", (udm, text) -> udm.principalUser("userid", text)),
            constant(14, "security_result.severity", udm -> udm.securityResult("severity", "INFORMATIONAL")),
            constant(15, "security_result.summary", udm -> udm.securityResult("summary", "Duo Telephony")),
            new Row(16, "timestamp", EVENT_TIMESTAMP, TelephonyTable::olderTimes),
            field(17, "type", "security_result.summary", (udm, text) -> udm.securityResult("summary", text)));

    /** What the table leaves out and Google's mapping of DUO_AUTH has, so that a call can be joined with its authentication. */
    static final List<Row> IDS = List.of(
            field(0, "telephony_id", "metadata.product_log_id", (udm, text) -> udm.metadata("productLogId", text)),
            field(0, "txid", "network.session_id", (udm, text) -> udm.network("sessionId", text)));

    private TelephonyTable() {}

    /** A row that copies a field's text, if there is one. */
    private static Row field(int number, String logField, String target, BiConsumer<UdmBuilder, String> copy) {
        return new Row(
                number,
                logField,
                target,
                (event, udm) -> event.text(logField).ifPresent(text -> copy.accept(udm, text)));
    }

    private static Row constant(int number, String target, Consumer<UdmBuilder> set) {
        return new Row(number, "", target, (event, udm) -> set.accept(udm));
    }

    private static void host(UdmBuilder udm, String host) {
        if (IpAddress.isLiteral(host)) {
            udm.principal("ip", List.of(host));
        } else {
            udm.principal("hostname", host);
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
