// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.Comparator;

/**
 * Where an event stands in Duo's order, and, as text, the next_offset of a page that ends with it: the event's ts cut to
 * milliseconds, a comma, its id. The live example in duo_client_python issue 246 is the last item of its page.
 *
 * @param epochMillis 13 digits
 * @param id Duo's telephony_id; a made-up event that has none, or shares one, has an id of its own
 */
public record Position(long epochMillis, String id) implements Comparable<Position> {
    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::epochMillis).thenComparing(Position::id);

    /** @throws IllegalArgumentException if the offset does not begin with 13 digits and a comma */
    static Position parse(String offset) {
        if (!offset.matches("(?s)[0-9]{13},.+")) {
            throw new IllegalArgumentException("next_offset must be 13 digits, a comma and an id: was " + offset);
        }
        return new Position(Long.parseLong(offset.substring(0, 13)), offset.substring(14));
    }

    String offset() {
        return epochMillis + "," + id;
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }
}
