// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import dev.duocollector.udm.MappingTable.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The table of Google's guide for DUO_ACTIVITY, for the events of Duo's activity log. What the guide does not say is inferred,
 * and UDM.md says where.
 */
final class ActivityTable {

    static final String EVENT_TYPE_DEFAULT = "GENERIC_EVENT";

    /** The types of the actions that the guide lists, spelled as there. */
    static final Map<String, String> EVENT_TYPES = eventTypes();

    static final String PLATFORM_DEFAULT = "UNKNOWN_PLATFORM";

    private static final String ASSET_LABELS = "principal.asset.attribute.labels";
    private static final String USER_LABELS = "principal.user.attribute.labels";

    static final List<Row> ROWS = List.of(
            Row.label(1, "access_device.browser", ASSET_LABELS, "access_device_browser"),
            Row.label(2, "access_device.browser_version", ASSET_LABELS, "access_device_browser_version"),
            Row.ip(3, "access_device.ip.address", "principal.ip"),
            Row.copy(4, "access_device.location.city", "principal.location.city"),
            Row.copy(5, "access_device.location.country", "principal.location.country_or_region"),
            Row.copy(6, "access_device.location.state", "principal.location.state"),
            Row.with(
                    7,
                    "access_device.os",
                    "principal.platform",
                    (udm, os) -> udm.set("principal.platform", platform(os))),
            Row.copy(8, "access_device.os_version", "principal.platform_version"),
            Row.labelOfAnything(9, "action.details", USER_LABELS, "action_details"),
            new Row(
                    10,
                    "action.name",
                    "metadata.event_type",
                    (event, udm) -> udm.set(
                            "metadata.eventType",
                            EVENT_TYPES.getOrDefault(event.plain("action.name").orElse(""), EVENT_TYPE_DEFAULT))),
            Row.copyAtMost(UdmRules.PRODUCT_EVENT_TYPE_BYTES_MAX, 11, "action.name", "metadata.product_event_type"),
            Row.copyAtMost(UdmRules.PRODUCT_LOG_ID_BYTES_MAX, 12, "activity_id", "metadata.product_log_id"),
            time(13, "actor.details.created", "principal.user.first_seen_time"),
            Row.copyToList(14, "actor.details.email", "principal.user.email_addresses"),
            Row.label(15, "actor.details.group.key", USER_LABELS, "actor_details_group_key"),
            Row.label(16, "actor.details.group.name", USER_LABELS, "actor_details_group_name"),
            time(17, "actor.details.last_login", "principal.user.last_login_time"),
            Row.label(18, "actor.details.status", USER_LABELS, "status"),
            Row.copy(19, "actor.key", "principal.user.userid"),
            Row.copy(20, "actor.name", "principal.user.user_display_name"),
            Row.label(21, "actor.type", USER_LABELS, "actor_type"),
            Row.copy(22, "akey", "principal.asset.product_object_id"),
            Row.copy(23, "application.key", "principal.resource.product_object_id"),
            Row.copy(24, "application.name", "principal.application"),
            Row.copy(25, "application.type", "principal.resource.resource_subtype"),
            Row.labelOfAnything(26, "old_target.details", "about.user.attribute.labels", "old_target_details"),
            Row.label(27, "old_target.key", "about.asset.attribute.labels", "old_target_key"),
            Row.copy(28, "old_target.name", "about.asset.hostname"),
            Row.copy(29, "old_target.type", "about.asset.category"),
            Row.copy(30, "outcome.result", "security_result.action_details"),
            Row.labelOfAnything(31, "target.details", "target.user.attribute.labels", "target_details"),
            Row.label(32, "target.key", "target.asset.attribute.labels", "target_key"),
            Row.copy(33, "target.name", "target.asset.hostname"),
            Row.copy(34, "target.type", "target.asset.category"),
            new Row(
                    35,
                    "ts",
                    "metadata.event_timestamp",
                    (event, udm) -> event.isoTime("ts").ifPresent(udm::eventTimestamp)),
            Row.constant(36, "metadata.log_type", "DUO_ACTIVITY"),
            Row.constant(37, "metadata.product_name", "Duo Activity"),
            Row.constant(38, "metadata.vendor_name", "Duo"));

    private ActivityTable() {}

    private static Row time(int number, String logField, String target) {
        String path = MappingTable.jsonName(target);
        return new Row(
                number,
                logField,
                target,
                (event, udm) -> event.isoTime(logField).ifPresent(time -> udm.set(path, time.toString())));
    }

    /** The guide's words in the guide's order; the first one that is in the name says which. */
    private static String platform(String os) {
        String name = os.toLowerCase(Locale.ROOT);
        return Optional.<String>empty()
                .or(() -> platform(name, "win", "WINDOWS"))
                .or(() -> platform(name, "lin", "LINUX"))
                .or(() -> platform(name, "mac", "MAC"))
                .or(() -> platform(name, "ios", "IOS"))
                .or(() -> platform(name, "chrome", "CHROME_OS"))
                .or(() -> platform(name, "android", "ANDROID"))
                .orElse(PLATFORM_DEFAULT);
    }

    private static Optional<String> platform(String name, String word, String platform) {
        return name.contains(word) ? Optional.of(platform) : Optional.empty();
    }

    private static Map<String, String> eventTypes() {
        Map<String, String> types = new LinkedHashMap<>();
        put(
                types,
                "DEVICE_PROGRAM_DOWNLOAD",
                "admin_activate_duo_push",
                "admin_rectivates_duo_push",
                "management_system_download_device_api_script");
        put(types, "RESOURCE_PERMISSIONS_CHANGE", "admin_factor_restrictions");
        put(types, "USER_CHANGE_PASSWORD", "admin_reset_password");
        put(types, "EMAIL_TRANSACTION", "admin_send_reset_password_email");
        put(
                types,
                "RESOURCE_CREATION",
                "bypass_create",
                "device_change_notification_create",
                "hardtoken_create",
                "integration_create",
                "management_system_active_device_cache_add_devices",
                "management_system_add_devices",
                "management_system_create",
                "management_system_device_cache_add_devices",
                "management_system_device_cache_create",
                "management_system_pkcs12_enrollment",
                "phone_activation_code_regenerated",
                "phone_associate",
                "phone_create",
                "phone_new_sms_passcode",
                "policy_create",
                "u2ftoken_create",
                "webauthncredential_create");
        put(
                types,
                "RESOURCE_DELETION",
                "bypass_delete",
                "hardtoken_delete",
                "integration_delete",
                "management_system_active_device_cache_delete_devices",
                "management_system_delete",
                "management_system_delete_devices",
                "management_system_device_cache_delete",
                "management_system_device_cache_delete_devices",
                "phone_delete",
                "phone_disassociate",
                "policy_delete",
                "u2ftoken_delete",
                "webauthncredential_delete");
        put(
                types,
                "RESOURCE_READ",
                "bypass_view",
                "integration_skey_bulk_view",
                "integration_skey_view",
                "management_system_view_password",
                "management_system_view_token");
        put(
                types,
                "RESOURCE_WRITTEN",
                "hardtoken_resync",
                "hardtoken_update",
                "integration_update",
                "management_system_active_device_cache_edit_devices",
                "phone_update",
                "policy_update",
                "webauthncredential_rename");
        put(types, "USER_RESOURCE_DELETION", "deregister_devices");
        put(
                types,
                "USER_COMMUNICATION",
                "device_change_enrollment_summary_notification_answered",
                "device_change_enrollment_summary_notification_answered_notify_admin",
                "device_change_enrollment_summary_notification_send",
                "device_change_notification_answered",
                "device_change_notification_answered_notify_admin",
                "device_change_notification_send");
        put(types, "GROUP_CREATION", "group_create");
        put(types, "GROUP_DELETION", "group_delete");
        put(types, "GROUP_MODIFICATION", "group_update");
        put(types, "GROUP_UNCATEGORIZED", "integration_group_policy_add", "integration_group_policy_remove");
        put(types, "DEVICE_CONFIG_UPDATE", "management_system_activate_device_cache");
        put(
                types,
                "USER_CHANGE_PERMISSIONS",
                "user_not_enrolled_lockout",
                "user_adminapi_lockout",
                "user_lockout_cleared");
        put(
                types,
                "USER_UNCATEGORIZED",
                "admin_login",
                "integration_policy_assign",
                "integration_policy_unassign",
                "log_export_start",
                "log_export_complete",
                "log_export_failure",
                "management_system_sync_failure",
                "management_system_sync_success",
                "management_system_update");
        return Map.copyOf(types);
    }

    private static void put(Map<String, String> types, String type, String... actions) {
        for (String action : actions) {
            types.put(action, type);
        }
    }
}
