// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.Selection;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.Shard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the configured streams this node collects: those of its shard, if {@code streams.shard} is set. A command that
 * says itself what it is about, and one that reads a fixed time, has all. Not thread-safe.
 */
final class OwnStreams {

    private final Optional<Shard> shard;

    /** By the stream's owner. Each takes a hash for every shard, and there may be thousands of both. */
    private Map<String, Boolean> known = Map.of();

    OwnStreams(Settings settings, Optional<Selection> selection) {
        boolean isAboutAll = selection.isPresent() || settings.log().range().isPresent();
        shard = isAboutAll ? Optional.empty() : settings.account().shard();
    }

    /** The shard, if not all are this node's. */
    Optional<Shard> shard() {
        return shard;
    }

    /** Returns those of them that are this node's, in the same order. */
    List<Settings> of(List<Settings> all) {
        if (shard.isEmpty()) {
            return all;
        }
        Map<String, Boolean> now = new HashMap<>();
        for (Settings each : all) {
            now.computeIfAbsent(
                    each.owner(),
                    owner -> known.containsKey(owner)
                            ? known.get(owner)
                            : shard.get().has(owner));
        }
        known = now;
        return all.stream().filter(each -> now.get(each.owner())).toList();
    }
}
