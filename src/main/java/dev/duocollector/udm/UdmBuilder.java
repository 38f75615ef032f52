// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A UDM event in the making, in the names of proto3's JSON. What is never set is not there, not even as an empty object. All
 * is in a fixed order: the same event must be the same bytes in every JVM.
 */
final class UdmBuilder {

    private static final List<String> PARTS = List.of(
            "metadata", "principal", "target", "about", "network", "securityResult", "extensions", "additional");
    private static final Set<String> LISTS = Set.of("about", "securityResult");
    private static final String DETECTION_FIELDS = "detectionFields";

    private final Map<String, Object> event = new LinkedHashMap<>();
    private final Map<String, Object> metadata;
    private final Map<String, Object> principal;
    private final Map<String, Object> securityResult;

    UdmBuilder() {
        for (String part : PARTS) {
            message(event, part);
        }
        metadata = message(event, "metadata");
        principal = message(event, "principal");
        securityResult = message(event, "securityResult");
    }

    /** Sets a field by its path, as {@code principal.user.userid}; about and securityResult have one element. */
    void set(String path, Object value) {
        int dot = path.lastIndexOf('.');
        message(path.substring(0, dot)).put(path.substring(dot + 1), value);
    }

    /** Adds a label to the list at a path. */
    void label(String path, String key, String value) {
        int dot = path.lastIndexOf('.');
        addLabel(message(path.substring(0, dot)), path.substring(dot + 1), key, value);
    }

    private Map<String, Object> message(String path) {
        Map<String, Object> message = event;
        for (String name : path.split("\\.", -1)) {
            message = message(message, name);
        }
        return message;
    }

    /** Returns the message of that name in another one, which gets it if it has none. */
    @SuppressWarnings("unchecked") // No name is of a message here and of something else there.
    private static Map<String, Object> message(Map<String, Object> in, String name) {
        return (Map<String, Object>) in.computeIfAbsent(name, absent -> new LinkedHashMap<String, Object>());
    }

    @SuppressWarnings("unchecked") // As above.
    private static void addLabel(Map<String, Object> to, String list, String key, String value) {
        Map<String, Object> label = new LinkedHashMap<>();
        label.put("key", key);
        label.put("value", value);
        ((List<Map<String, Object>>) to.computeIfAbsent(list, absent -> new ArrayList<Map<String, Object>>()))
                .add(label);
    }

    void metadata(String name, String value) {
        metadata.put(name, value);
    }

    /** Sets the event's time, in JSON as RFC 3339 text in UTC. */
    void eventTimestamp(Instant time) {
        metadata.put("eventTimestamp", time.toString());
    }

    boolean hasEventTimestamp() {
        return metadata.containsKey("eventTimestamp");
    }

    void principal(String name, Object value) {
        principal.put(name, value);
    }

    void principalUser(String name, Object value) {
        message(principal, "user").put(name, value);
    }

    void securityResult(String name, Object value) {
        securityResult.put(name, value);
    }

    void detectionField(String key, String value) {
        addLabel(securityResult, DETECTION_FIELDS, key, value);
    }

    void authMechanism(String value) {
        message("extensions.auth").put("mechanism", List.of(value));
    }

    void network(String name, String value) {
        message(event, "network").put(name, value);
    }

    /** Sets a field that UDM has no place for. */
    void additional(String name, String value) {
        message(event, "additional").put(name, value);
    }

    Map<String, Object> build() {
        if (!UdmRules.namesSomeone(principal)) {
            // Such as a place or a platform alone, which UDM refuses.
            principal.clear();
        }
        if (principal.isEmpty() && "USER_UNCATEGORIZED".equals(metadata.get("eventType"))) {
            metadata.put("eventType", "GENERIC_EVENT");
        }
        Object detectionFields = securityResult.remove(DETECTION_FIELDS);
        if (detectionFields != null) {
            securityResult.put(DETECTION_FIELDS, detectionFields);
        }
        Map<String, Object> built = new LinkedHashMap<>();
        event.forEach((name, message) -> {
            if (message == metadata || !((Map<?, ?>) message).isEmpty()) {
                built.put(name, LISTS.contains(name) ? List.of(message) : message);
            }
        });
        return built;
    }
}
