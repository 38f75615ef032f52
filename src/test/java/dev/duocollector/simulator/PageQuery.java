// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.time.Instant;
import java.util.Optional;

/**
 * What one page is asked for.
 *
 * @param mintime the first millisecond of the window
 * @param maxtime the last millisecond of the window
 * @param limit the most events on the page, 1 or more
 * @param after the position that the page begins behind
 */
public record PageQuery(Instant mintime, Instant maxtime, int limit, Sort sort, Optional<Position> after) {

    /** The order of a page by {@link Position}; Duo's default is the descending one. */
    public enum Sort {
        ASCENDING,
        DESCENDING
    }

    /** Returns the question for the whole window. */
    PageQuery whole() {
        return new PageQuery(mintime, maxtime, limit, sort, Optional.empty());
    }
}
