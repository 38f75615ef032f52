// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * The table at the end of Google's guide "Collect Duo Telephony logs" (the Korean edition for Amazon S3 and the English one of
 * March 2026), row by row and in its order, to be held against it. The rows are applied in that order, so a later one may
 * replace what an earlier one set. Their readings and the reason for each stand in UDM.md, which a test compares with this list.
 */
final class MappingTable {

    static final List<Row> ROWS = List.of(
            row(
                    1,
                    "context",
                    "metadata.product_event_type",
                    (event, udm) ->
                            event.text("context").ifPresent(context -> udm.metadata("productEventType", context))),
            row(
                    2,
                    "credits",
                    "security_result.detection_fields.value",
                    (event, udm) -> event.text("credits").ifPresent(credits -> udm.detectionField("credits", credits))),
            row(
                    3,
                    "eventtype",
                    "security_result.detection_fields.value",
                    (event, udm) ->
                            event.text("eventtype").ifPresent(eventType -> udm.detectionField("eventtype", eventType))),
            row(
                    4,
                    "host",
                    "principal.hostname",
                    (event, udm) -> event.text("host").ifPresent(host -> host(host, udm))),
            row(5, "", "security_result.action", (event, udm) -> udm.securityResult("action", List.of("ALLOW"))),
            row(6, "", "extensions.auth.mechanism", (event, udm) -> udm.authMechanism("MECHANISM_UNSPECIFIED")),
            row(
                    7,
                    "ts",
                    "metadata.event_timestamp",
                    (event, udm) -> event.isoTime("ts").ifPresent(udm::eventTimestamp)),
            row(8, "", "metadata.event_type", (event, udm) -> udm.metadata("eventType", eventType(event))),
            row(9, "", "metadata.log_type", (event, udm) -> udm.metadata("logType", "DUO_TELEPHONY")),
            row(10, "", "metadata.product_name", (event, udm) -> udm.metadata("productName", "Telephony")),
            row(11, "", "metadata.vendor_name", (event, udm) -> udm.metadata("vendorName", "Duo")),
            row(
                    12,
                    "phone",
                    "principal.user.phone_numbers",
                    (event, udm) ->
                            event.text("phone").ifPresent(phone -> udm.principalUser("phoneNumbers", List.of(phone)))),
            row(
                    13,
                    "phone",
                    "principal.user.userid",
                    (event, udm) -> event.text("phone").ifPresent(phone -> udm.principalUser("userid", phone))),
            row(14, "", "security_result.severity", (event, udm) -> udm.securityResult("severity", "INFORMATIONAL")),
            row(15, "", "security_result.summary", (event, udm) -> udm.securityResult("summary", "Duo Telephony")),
            row(16, "timestamp", "metadata.event_timestamp", MappingTable::olderTimes),
            row(
                    17,
                    "type",
                    "security_result.summary",
                    (event, udm) -> event.text("type").ifPresent(type -> udm.securityResult("summary", type))));

    /** Row 6 as the page's cell has it, to the letter: a detection field without a key. */
    static final Row ROW_6_LITERAL = row(
            6,
            "",
            "security_result.detection_fields.value",
            (event, udm) -> udm.detectionFieldWithoutKey("MECHANISM_UNSPECIFIED"));

    /** What the table leaves out and Google's mapping of DUO_AUTH has, so that a call joins its authentication. */
    static final List<Row> IDS = List.of(
            row(
                    0,
                    "telephony_id",
                    "metadata.product_log_id",
                    (event, udm) -> event.text("telephony_id").ifPresent(id -> udm.metadata("productLogId", id))),
            row(
                    0,
                    "txid",
                    "network.session_id",
                    (event, udm) -> event.text("txid").ifPresent(id -> udm.network("sessionId", id))));

    private MappingTable() {}

    /**
     * A row of the table.
     *
     * @param number its place in the table, from 1; 0 for what is not in the table
     * @param logField the field that it reads, empty in rows that set a constant or look at several
     * @param target what it sets, in the proto's names
     * @param logic reads the one and sets the other
     */
    record Row(int number, String logField, String target, BiConsumer<Fields, UdmBuilder> logic) {}

    private static Row row(int number, String logField, String target, BiConsumer<Fields, UdmBuilder> logic) {
        return new Row(number, logField, target, logic);
    }

    private static void host(String host, UdmBuilder udm) {
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
