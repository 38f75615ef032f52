// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A systemd unit, by the form in systemd.syntax(7) and the keys that the shipped units use (systemd.unit(5),
 * systemd.service(5), systemd.exec(5), systemd.timer(5), read 2026-11-23). systemd itself only logs an unknown key and goes on
 * without it; this refuses it.
 */
final class SystemdUnit {

    private static final Map<String, Set<String>> KEYS = Map.of(
            "Unit", Set.of("Description", "Documentation", "Wants", "After"),
            "Install", Set.of("WantedBy"),
            "Timer", Set.of("OnCalendar", "RandomizedDelaySec", "Persistent"),
            "Service",
                    Set.of(
                            "Type",
                            "ExecStart",
                            "ExecStopPost",
                            "EnvironmentFile",
                            "LoadCredential",
                            "StateDirectory",
                            "CacheDirectory",
                            "Environment",
                            "WorkingDirectory",
                            "Restart",
                            "RestartSec",
                            "RestartPreventExitStatus",
                            "SuccessExitStatus",
                            "TimeoutStartSec",
                            "TimeoutStopSec",
                            "DynamicUser",
                            "NoNewPrivileges",
                            "PrivateTmp",
                            "PrivateDevices",
                            "PrivateUsers",
                            "ProtectSystem",
                            "ProtectHome",
                            "ProtectClock",
                            "ProtectControlGroups",
                            "ProtectHostname",
                            "ProtectKernelLogs",
                            "ProtectKernelModules",
                            "ProtectKernelTunables",
                            "ProtectProc",
                            "CapabilityBoundingSet",
                            "AmbientCapabilities",
                            "LockPersonality",
                            "RestrictAddressFamilies",
                            "RestrictNamespaces",
                            "RestrictRealtime",
                            "RestrictSUIDSGID",
                            "SystemCallArchitectures",
                            "SystemCallFilter",
                            "SystemCallErrorNumber",
                            "UMask"));

    private final Map<String, List<String>> values = new HashMap<>();

    private SystemdUnit() {}

    static SystemdUnit parse(String text) {
        SystemdUnit unit = new SystemdUnit();
        String section = "";
        for (String line : text.split("\n", -1)) {
            if (line.isBlank() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (line.startsWith("[") && line.endsWith("]") && KEYS.containsKey(line.substring(1, line.length() - 1))) {
                section = line.substring(1, line.length() - 1);
            } else if (equals > 0 && KEYS.getOrDefault(section, Set.of()).contains(line.substring(0, equals))) {
                unit.values
                        .computeIfAbsent(section + "/" + line.substring(0, equals), key -> new ArrayList<>())
                        .add(line.substring(equals + 1));
            } else {
                throw new IllegalArgumentException("Neither a section nor a key of [" + section + "]: " + line);
            }
        }
        return unit;
    }

    /** The values of a key that may be there several times, in their order. */
    List<String> values(String section, String key) {
        return List.copyOf(values.getOrDefault(section + "/" + key, List.of()));
    }

    /** The value of a key that is there once. */
    String value(String section, String key) {
        List<String> found = values(section, key);
        if (found.size() != 1) {
            throw new IllegalArgumentException(key + " is there " + found.size() + " times");
        }
        return found.get(0);
    }
}
