// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import java.time.Instant;
import java.util.Optional;

/**
 * What other nodes do that collect the same streams, as far as this one knows. Bound as a bean where there are such nodes: a
 * stream that another one runs is no trouble of this one. Called by each health check for each stream, so it answers from
 * memory; safe for use by several threads.
 */
public interface OtherNodes {

    /** There are none. */
    OtherNodes NONE = stream -> Optional.empty();

    /**
     * Returns when another node last began a run of a stream, or ended one; empty if none has, as far as is known. A time that
     * is a minute old is good enough.
     *
     * @param stream its {@linkplain Stream#name() name}
     */
    Optional<Instant> lastRun(String stream);
}
