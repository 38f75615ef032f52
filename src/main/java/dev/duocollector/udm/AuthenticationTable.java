// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.util.Map.entry;

import dev.duocollector.udm.MappingTable.Row;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The table of Google's guide for DUO_AUTH and the changes of its parser up to March 2026, for the events of Duo's
 * authentication log: the rows for fields that only the log of Duo's authentication proxy has are left out. What the guide
 * does not say is inferred, and UDM.md says where.
 */
final class AuthenticationTable {

    static final String MECHANISM_DEFAULT = "MECHANISM_UNSPECIFIED";

    /** Of these only duo_mobile_passcode_hotp is Google's word; the guide names the mechanisms without their factors. */
    static final Map<String, String> MECHANISMS = Map.ofEntries(
            entry("duo_push", "REMOTE_INTERACTIVE"),
            entry("phone_call", "REMOTE_INTERACTIVE"),
            entry("bypass_code", "OTP"),
            entry("duo_mobile_passcode", "OTP"),
            entry("duo_mobile_passcode_hotp", "OTP"),
            entry("passcode", "OTP"),
            entry("sms_passcode", "OTP"),
            entry("sms_refresh", "OTP"),
            entry("digipass_go_7_token", "HARDWARE_KEY"),
            entry("hardware_token", "HARDWARE_KEY"),
            entry("u2f_token", "HARDWARE_KEY"),
            entry("webauthn security key", "HARDWARE_KEY"),
            entry("yubikey_code", "HARDWARE_KEY"),
            entry("yubikey_passcode", "HARDWARE_KEY"),
            entry("remembered_device", "LOCAL"),
            entry("trusted_mobile_authenticator", "LOCAL"),
            entry("trusted_network", "LOCAL"));

    static final String EVENT_TYPE_DEFAULT = "GENERIC_EVENT";
    static final Map<String, String> EVENT_TYPES =
            Map.of("authentication", "USER_LOGIN", "enrollment", "USER_CREATION");

    private static final String USER_CREATION = "USER_CREATION";
    private static final Set<String> SUCCESS = Set.of("success", "SUCCESS");
    private static final String MACHINE_LABELS = "principal.resource.attribute.labels";
    private static final String ASSET_LABELS = "principal.asset.attribute.labels";
    private static final Pattern IN_PHONE_NUMBERS = Pattern.compile("[\\s().-]");
    private static final Pattern PHONE_NUMBER = Pattern.compile("\\+[0-9]{7,15}|[0-9]{10,15}");

    static final List<Row> ROWS = List.of(
            label(1, "access_device.browser", "target.resource.attribute.labels"),
            label(2, "access_device.browser_version", MACHINE_LABELS),
            label(3, "access_device.epkey", MACHINE_LABELS),
            label(4, "access_device.flash_version", MACHINE_LABELS),
            label(5, "access_device.is_encryption_enabled", MACHINE_LABELS),
            label(6, "access_device.is_firewall_enabled", MACHINE_LABELS),
            Row.copy(7, "access_device.hostname", "principal.hostname"),
            Row.with(8, "access_device.ip", "principal.ip", AuthenticationTable::accessIp),
            Row.copy(9, "access_device.key", "target.resource.product_object_id"),
            Row.copy(10, "access_device.location.city", "principal.location.city"),
            Row.copy(11, "access_device.location.country", "principal.location.country_or_region"),
            Row.copy(12, "access_device.location.state", "principal.location.state"),
            Row.with(13, "access_device.os", "principal.platform", AuthenticationTable::platform),
            Row.copy(14, "access_device.os_version", "principal.platform_version"),
            Row.copy(15, "application.key", "target.resource.id"),
            Row.copy(16, "application.name", "target.application"),
            Row.copy(17, "application.destination_name", "target.application"),
            Row.ip(18, "auth_device.ip", "target.ip"),
            Row.copy(19, "auth_device.location.city", "target.location.city"),
            Row.copy(20, "auth_device.location.country", "target.location.country_or_region"),
            Row.copy(21, "auth_device.location.state", "target.location.state"),
            Row.with(22, "auth_device.name", "target.user.phone_numbers", AuthenticationTable::authDevice),
            label(23, "device_info_source", ASSET_LABELS),
            label(24, "trusted_endpoint_status", ASSET_LABELS),
            Row.copyAtMost(UdmRules.PRODUCT_EVENT_TYPE_BYTES_MAX, 25, "event_type", "metadata.product_event_type"),
            new Row(
                    26,
                    "event_type",
                    "metadata.event_type",
                    (event, udm) -> udm.set("metadata.eventType", eventType(event))),
            Row.with(
                    27,
                    "factor",
                    "extensions.auth.mechanism",
                    (udm, factor) -> udm.set(
                            "extensions.auth.mechanism",
                            List.of(MECHANISMS.getOrDefault(factor.toLowerCase(Locale.ROOT), MECHANISM_DEFAULT)))),
            Row.copy(28, "factor", "extensions.auth.auth_details"),
            Row.with(29, "host", "target.hostname", AuthenticationTable::host),
            Row.copy(30, "reason", "security_result.summary"),
            Row.copy(31, "result", "security_result.action_details"),
            Row.with(
                    32,
                    "result",
                    "security_result.action",
                    (udm, result) ->
                            udm.set("securityResult.action", List.of(SUCCESS.contains(result) ? "ALLOW" : "BLOCK"))),
            new Row(33, "timestamp", "metadata.event_timestamp", AuthenticationTable::time),
            Row.copyAtMost(UdmRules.PRODUCT_LOG_ID_BYTES_MAX, 34, "txid", "metadata.product_log_id"),
            Row.copy(35, "txid", "network.session_id"),
            new Row(36, "user.groups", "target.user.group_identifiers", AuthenticationTable::groups),
            Row.copy(37, "user.key", "target.user.product_object_id"),
            Row.copy(38, "user.name", "target.user.userid"),
            Row.constant(39, "metadata.log_type", "DUO_AUTH"),
            Row.constant(40, "metadata.product_name", "MULTI-FACTOR_AUTHENTICATION"),
            Row.constant(41, "metadata.vendor_name", "DUO_SECURITY"),
            Row.constant(42, "extensions.auth.type", "SSO"));

    private AuthenticationTable() {}

    /** The guide gives no keys but one, and that is the field's whole name. */
    private static Row label(int number, String logField, String target) {
        return Row.label(number, logField, target, logField);
    }

    private static void accessIp(UdmBuilder udm, String ip) {
        if (IpAddress.isV4(ip)) {
            udm.set("principal.ip", List.of(ip));
        } else {
            udm.additional("access_device.ip", ip);
        }
    }

    private static void platform(UdmBuilder udm, String os) {
        String name = os.toLowerCase(Locale.ROOT);
        for (String platform : List.of("MAC", "WINDOWS", "LINUX")) {
            if (name.contains(platform.toLowerCase(Locale.ROOT))) {
                udm.set("principal.platform", platform);
                return;
            }
        }
    }

    private static void authDevice(UdmBuilder udm, String name) {
        String number = IN_PHONE_NUMBERS.matcher(name).replaceAll("");
        if (PHONE_NUMBER.matcher(number).matches()) {
            udm.set("target.user.phoneNumbers", List.of(number));
        } else {
            udm.set("target.hostname", name);
        }
    }

    private static String eventType(Fields event) {
        String type = EVENT_TYPES.getOrDefault(event.plain("event_type").orElse(""), EVENT_TYPE_DEFAULT);
        boolean isOnNoKnownMachine = event.plain("access_device.hostname").isEmpty();
        return type.equals(USER_CREATION) && isOnNoKnownMachine ? "USER_UNCATEGORIZED" : type;
    }

    /** Since March 2026 the parser leaves out Duo's own host, which Duo's client adds to each event. */
    private static void host(UdmBuilder udm, String host) {
        if (!host.startsWith("api")) {
            udm.set("target.hostname", host);
        }
    }

    private static void time(Fields event, UdmBuilder udm) {
        event.epochTime("timestamp").or(() -> event.isoTime("isotimestamp")).ifPresent(udm::eventTimestamp);
    }

    private static void groups(Fields event, UdmBuilder udm) {
        List<String> groups = event.plainList("user.groups");
        if (!groups.isEmpty()) {
            udm.set("target.user.groupIdentifiers", groups);
        }
    }
}
