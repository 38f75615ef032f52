// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.settings.Settings;
import dev.duocollector.settings.Shard;
import dev.duocollector.text.Count;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a start says is collected.
 *
 * @param settings what all accounts share
 * @param shard the part that these are; empty if they are all
 * @param configured how many streams there are in all shards
 * @param now those that are collected
 */
record WhatIsCollected(Settings settings, Optional<Shard> shard, int configured, List<Stream> now) {

    /** Says it, from where, to where, and when: the rest of a sentence. */
    String sentence(String nothing, boolean byCluster) {
        return shard.map(part -> "shard " + part + ", " + now.size() + " of " + Count.of(configured, "log") + ": ")
                        .orElse("")
                + (now.isEmpty()
                        ? nothing(nothing)
                        : settings.hasAccounts() ? ofAccounts(byCluster) : ofOne(byCluster));
    }

    /** Says that it is right that there is nothing; empty if it is not. */
    Optional<String> othersHaveAll() {
        return shard.filter(part -> now.isEmpty() && configured > 0)
                .map(part -> "no log is dealt to shard " + part + ", and the other shards have all "
                        + Count.of(configured, "log"));
    }

    private String nothing(String otherwise) {
        return "nothing yet: " + othersHaveAll().orElse(otherwise) + "."
                + (settings.hasAccounts() ? " It is looked at every minute." : "");
    }

    private String ofOne(boolean byCluster) {
        return "the " + joined(", ", each -> each.log().duoLog().toString())
                + (now.size() == 1 ? " log of " : " logs of ")
                + settings.account().apiHost() + " into "
                + joined(
                        ", ",
                        each -> "s3://" + each.account().bucket() + "/"
                                + each.log().prefix())
                + (byCluster ? ": by a node of the cluster, by the schedule " : ": a run now, then by the schedule ")
                + joined("; ", each -> each.log().schedule()) + " (UTC).";
    }

    private String ofAccounts(boolean byCluster) {
        long accounts =
                now.stream().map(stream -> stream.settings().name()).distinct().count();
        return Count.of(now.size(), "log") + " of " + Count.of(accounts, "account") + " ("
                + settings.accountsFolder()
                + (byCluster
                        ? "), each by its schedule, by a node of the cluster."
                        : "), each by its schedule, and those that are late now.");
    }

    private String joined(String between, Function<Settings, String> text) {
        return now.stream()
                .map(stream -> text.apply(stream.settings()))
                .distinct()
                .collect(Collectors.joining(between));
    }
}
