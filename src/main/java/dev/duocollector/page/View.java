// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the page shows, at one moment.
 *
 * @param now that moment
 * @param since when events and credits began to be counted
 * @param rows all streams of this node, those that need people first
 * @param scope which of the configured streams these are; empty if they are all
 * @param node what keeps this node from its cluster; empty if nothing does, and without a cluster
 * @param problems what is wrong with accounts' settings, a line each
 */
record View(
        Instant now,
        Instant since,
        List<StreamRow> rows,
        Optional<String> scope,
        Optional<String> node,
        List<String> problems) {

    View {
        rows = rows.stream()
                .sorted(Comparator.comparing(StreamRow::state).thenComparing(StreamRow::name))
                .toList();
    }
}
