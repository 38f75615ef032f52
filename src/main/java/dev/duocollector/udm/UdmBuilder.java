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
    @SuppressWarnings("unchecked") // No name is of labels here and of something else there.
    void label(String path, String key, String value) {
        Map<String, Object> label = new LinkedHashMap<>();
        label.put("key", key);
        label.put("value", value);
        int dot = path.lastIndexOf('.');
        ((List<Object>) message(path.substring(0, dot))
                        .computeIfAbsent(path.substring(dot + 1), absent -> new ArrayList<>()))
                .add(label);
    }

    private Map<String, Object> message(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? message(event, path) : message(message(path.substring(0, dot)), path.substring(dot + 1));
    }

    /** Returns the message of that name in another one, which gets it if it has none. */
    @SuppressWarnings("unchecked") // No name is of a message here and of something else there.
    private static Map<String, Object> message(Map<String, Object> in, String name) {
        return (Map<String, Object>) in.computeIfAbsent(name, absent -> new LinkedHashMap<String, Object>());
    }

    /** Sets the event's time, in JSON as RFC 3339 text in UTC. */
    void eventTimestamp(Instant time) {
        metadata.put("eventTimestamp", time.toString());
    }

    boolean hasEventTimestamp() {
        return metadata.containsKey("eventTimestamp");
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
