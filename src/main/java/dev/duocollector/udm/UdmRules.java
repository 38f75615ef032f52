// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.source.EventTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules that a UDM event of Duo's logs must keep: which fields there are and of what type (the part of Google's
 * {@code backstory/udm.proto} that such events use, in proto3's JSON names), which are required, and which belong together.
 * From Google's <a href="https://docs.cloud.google.com/chronicle/docs/unified-data-model/udm-usage">UDM usage guide</a> and
 * the proto's comments, read 2026-11-23; for the authentication and the activity log, the fields and values that Google's tables
 * for them name. A field outside that part is reported, although UDM may know it.
 */
public final class UdmRules {

    /** The longest productEventType, in bytes of UTF-8. */
    static final int PRODUCT_EVENT_TYPE_BYTES_MAX = 64;

    /** The longest productLogId, in bytes of UTF-8. */
    static final int PRODUCT_LOG_ID_BYTES_MAX = 256;

    private static final String[] EVENT_TYPES = {
        "DEVICE_CONFIG_UPDATE",
        "DEVICE_PROGRAM_DOWNLOAD",
        "EMAIL_TRANSACTION",
        "GENERIC_EVENT",
        "GROUP_CREATION",
        "GROUP_DELETION",
        "GROUP_MODIFICATION",
        "GROUP_UNCATEGORIZED",
        "RESOURCE_CREATION",
        "RESOURCE_DELETION",
        "RESOURCE_PERMISSIONS_CHANGE",
        "RESOURCE_READ",
        "RESOURCE_WRITTEN",
        "STATUS_UPDATE",
        "USER_CHANGE_PASSWORD",
        "USER_CHANGE_PERMISSIONS",
        "USER_COMMUNICATION",
        "USER_CREATION",
        "USER_LOGIN",
        "USER_RESOURCE_DELETION",
        "USER_UNCATEGORIZED"
    };

    private static final Type TEXT = (path, value, broken) -> text(path, value, Integer.MAX_VALUE, broken);
    private static final Type TIMESTAMP = UdmRules::timestamp;
    private static final Type TEXTS = list(TEXT);
    private static final Type IPS = list(UdmRules::ip);

    private static final int NAMED_MAX = 8;

    private static final Type METADATA = message(Map.of(
            "eventTimestamp", TIMESTAMP,
            "collectedTimestamp", TIMESTAMP,
            "eventType", oneOf(EVENT_TYPES),
            "vendorName", TEXT,
            "productName", TEXT,
            "productEventType", textOf(PRODUCT_EVENT_TYPE_BYTES_MAX),
            "productLogId", textOf(PRODUCT_LOG_ID_BYTES_MAX),
            "logType", TEXT));
    private static final Type LABELS = list(message(Map.of("key", TEXT, "value", TEXT)));
    private static final Type ATTRIBUTE = message(Map.of("labels", LABELS));
    private static final Type USER = message(Map.of(
            "userid", TEXT,
            "userDisplayName", TEXT,
            "productObjectId", TEXT,
            "phoneNumbers", TEXTS,
            "emailAddresses", TEXTS,
            "groupIdentifiers", TEXTS,
            "firstSeenTime", TIMESTAMP,
            "lastLoginTime", TIMESTAMP,
            "attribute", ATTRIBUTE));
    private static final Type ASSET =
            message(Map.of("hostname", TEXT, "category", TEXT, "productObjectId", TEXT, "attribute", ATTRIBUTE));
    private static final Type RESOURCE =
            message(Map.of("id", TEXT, "productObjectId", TEXT, "resourceSubtype", TEXT, "attribute", ATTRIBUTE));
    private static final Type NOUN = message(Map.of(
            "hostname", TEXT,
            "ip", IPS,
            "user", USER,
            "application", TEXT,
            "asset", ASSET,
            "resource", RESOURCE,
            "location", message(Map.of("city", TEXT, "state", TEXT, "countryOrRegion", TEXT)),
            "platform", oneOf("UNKNOWN_PLATFORM", "WINDOWS", "MAC", "LINUX", "IOS", "ANDROID", "CHROME_OS"),
            "platformVersion", TEXT));
    private static final Type SECURITY_RESULT = message(Map.of(
            "action", list(oneOf("ALLOW", "BLOCK")),
            "actionDetails", TEXT,
            "severity", oneOf("INFORMATIONAL"),
            "summary", TEXT,
            "detectionFields", LABELS));
    private static final Type AUTH = message(Map.of(
            "type",
            oneOf("SSO"),
            "mechanism",
            list(oneOf("MECHANISM_UNSPECIFIED", "OTP", "HARDWARE_KEY", "LOCAL", "REMOTE_INTERACTIVE")),
            "authDetails",
            TEXT));
    private static final Type EVENT = message(Map.of(
            "metadata",
            METADATA,
            "principal",
            NOUN,
            "target",
            NOUN,
            "about",
            list(NOUN),
            "network",
            message(Map.of("sessionId", TEXT)),
            "securityResult",
            list(SECURITY_RESULT),
            "extensions",
            message(Map.of("auth", AUTH)),
            "additional",
            UdmRules::struct));

    private static final Set<String> NOT_IN_PRINCIPAL = Set.of("email", "file", "registry");

    private UdmRules() {}

    /**
     * Checks a UDM event.
     *
     * @param udm the event as JSON libraries read it: maps, lists and texts
     * @return a sentence for each broken rule, without a full stop and without the value; empty if none is broken
     */
    public static List<String> check(Map<?, ?> udm) {
        List<String> broken = new ArrayList<>();
        EVENT.check("", udm, broken);
        Map<?, ?> metadata = child(udm, "metadata");
        for (String required : List.of("eventTimestamp", "eventType")) {
            if (!metadata.containsKey(required)) {
                broken.add("metadata." + required + " is missing, and every UDM event needs it");
            }
        }
        checkPrincipal(udm, String.valueOf(metadata.get("eventType")), broken);
        return broken;
    }

    /**
     * Tells whether Google's guide asks for a target that the event does not have. Google's own table sets none for
     * USER_UNCATEGORIZED, so this is a note, not a broken rule.
     */
    public static boolean lacksTarget(Map<?, ?> udm) {
        return "USER_UNCATEGORIZED".equals(child(udm, "metadata").get("eventType")) && !udm.containsKey("target");
    }

    private static void checkPrincipal(Map<?, ?> udm, String eventType, List<String> broken) {
        Map<?, ?> principal = child(udm, "principal");
        boolean machine = namesMachine(principal);
        boolean someone = namesSomeone(principal);
        for (String name : NOT_IN_PRINCIPAL) {
            if (principal.containsKey(name)) {
                broken.add("principal." + name + " is there, and a principal must not have it");
            }
        }
        if (udm.containsKey("principal") && !someone) {
            broken.add("principal names neither a machine nor a user");
        }
        if (eventType.equals("STATUS_UPDATE") && !machine) {
            broken.add("principal names no machine (hostname or ip), and a STATUS_UPDATE needs one");
        }
        if (eventType.equals("USER_UNCATEGORIZED") && !someone) {
            broken.add("principal names neither a machine nor a user, and a USER_UNCATEGORIZED needs one of them");
        }
    }

    private static boolean namesMachine(Map<?, ?> principal) {
        return principal.containsKey("hostname") || principal.containsKey("ip");
    }

    /** Tells whether a principal names a machine or a user, as every one must. */
    static boolean namesSomeone(Map<?, ?> principal) {
        return namesMachine(principal) || !child(principal, "user").isEmpty();
    }

    private static Map<?, ?> child(Map<?, ?> parent, String name) {
        return parent.get(name) instanceof Map<?, ?> child ? child : Map.of();
    }

    /** What a value may be; adds a sentence to the list where it is not. */
    private interface Type {
        void check(String path, @Nullable Object value, List<String> broken);
    }

    private static Type message(Map<String, Type> fields) {
        return (path, value, broken) -> {
            if (!(value instanceof Map<?, ?> message)) {
                broken.add(path + " is " + kind(value) + ", and must be an object");
                return;
            }
            message.forEach((name, member) -> {
                String memberPath = path.isEmpty() ? String.valueOf(name) : path + "." + name;
                Type type = fields.get(String.valueOf(name));
                if (type != null) {
                    type.check(memberPath, member, broken);
                } else if (!(path.equals("principal") && NOT_IN_PRINCIPAL.contains(String.valueOf(name)))) {
                    broken.add(memberPath + " is not a field of these events");
                }
            });
        };
    }

    private static Type list(Type element) {
        return (path, value, broken) -> {
            if (!(value instanceof List<?> list)) {
                broken.add(path + " is " + kind(value) + ", and must be an array");
            } else {
                list.forEach(member -> element.check(path + "[]", member, broken));
            }
        };
    }

    private static Type oneOf(String... names) {
        List<String> allowed = List.of(names);
        return (path, value, broken) -> {
            if (!(value instanceof String name && allowed.contains(name))) {
                broken.add(
                        allowed.size() > NAMED_MAX
                                ? path + " is none of the " + allowed.size() + " that these events have"
                                : path + " must be " + String.join(" or ", allowed));
            }
        };
    }

    private static Type textOf(int bytesMax) {
        return (path, value, broken) -> text(path, value, bytesMax, broken);
    }

    private static void text(String path, @Nullable Object value, int bytesMax, List<String> broken) {
        if (!(value instanceof String text)) {
            broken.add(path + " is " + kind(value) + ", and must be a text");
            return;
        }
        if (!isUnicode(text)) {
            broken.add(path + " holds half a character (a surrogate without its other half)");
        } else if (bytesMax < Integer.MAX_VALUE && text.getBytes(UTF_8).length > bytesMax) {
            broken.add(path + " has " + text.getBytes(UTF_8).length + " bytes, and " + bytesMax + " is the most");
        }
    }

    /** Tells whether a text has no half of a character, which no UDM event can have. */
    static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static void struct(String path, @Nullable Object value, List<String> broken) {
        if (!(value instanceof Map<?, ?> fields)) {
            broken.add(path + " is " + kind(value) + ", and must be an object");
            return;
        }
        fields.forEach((name, member) -> TEXT.check(path + "." + name, member, broken));
    }

    private static void timestamp(String path, @Nullable Object value, List<String> broken) {
        if (!(value instanceof String text && EventTime.parse(text).isPresent())) {
            broken.add(path + " must be a time such as 2026-11-23T08:15:00.123456Z");
        }
    }

    private static void ip(String path, @Nullable Object value, List<String> broken) {
        if (!(value instanceof String text && IpAddress.isLiteral(text))) {
            broken.add(path + " is not an IPv4 or IPv6 address");
        }
    }

    private static String kind(@Nullable Object value) {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof String) {
            return "a text";
        }
        return value == null ? "null" : "of another kind";
    }
}
