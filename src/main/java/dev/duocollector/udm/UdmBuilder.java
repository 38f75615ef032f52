// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.udm;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A UDM event in the making, in the names of proto3's JSON. What is never set is not there, not even as an empty object. */
final class UdmBuilder {

    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, Object> principal = new LinkedHashMap<>();
    private final Map<String, Object> user = new LinkedHashMap<>();
    private final Map<String, Object> securityResult = new LinkedHashMap<>();
    private final List<Map<String, Object>> detectionFields = new ArrayList<>();
    private final Map<String, Object> auth = new LinkedHashMap<>();
    private final Map<String, Object> network = new LinkedHashMap<>();

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
        user.put(name, value);
    }

    void securityResult(String name, Object value) {
        securityResult.put(name, value);
    }

    void detectionField(String key, String value) {
        // In a fixed order, as everything here: the same event must be the same bytes in every JVM.
        Map<String, Object> field = new LinkedHashMap<>();
        field.put("key", key);
        field.put("value", value);
        detectionFields.add(field);
    }

    void authMechanism(String value) {
        auth.put("mechanism", List.of(value));
    }

    void network(String name, String value) {
        network.put(name, value);
    }

    Map<String, Object> build() {
        Map<String, Object> udm = new LinkedHashMap<>();
        udm.put("metadata", metadata);
        if (!user.isEmpty()) {
            principal.put("user", user);
        }
        putUnlessEmpty(udm, "principal", principal);
        putUnlessEmpty(udm, "network", network);
        if (!detectionFields.isEmpty()) {
            securityResult.put("detectionFields", detectionFields);
        }
        udm.put("securityResult", List.of(securityResult));
        if (!auth.isEmpty()) {
            udm.put("extensions", Map.of("auth", auth));
        }
        return udm;
    }

    private static void putUnlessEmpty(Map<String, Object> udm, String name, Map<String, Object> message) {
        if (!message.isEmpty()) {
            udm.put(name, message);
        }
    }
}
