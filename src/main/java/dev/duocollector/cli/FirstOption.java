// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import java.util.Map;
import picocli.CommandLine.Option;

final class FirstOption {

    @Option(
            names = "--first",
            description = {
                "Make a first run although the bucket holds objects of an earlier one, as after a back-fill that came before"
                        + " it. Does nothing once there is a state."
            })
    private boolean first;

    /** Returns the settings that it means. */
    Map<String, String> overrides() {
        return first ? Map.of("state.first-run", "allow") : Map.of();
    }
}
