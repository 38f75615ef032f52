// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.s3.MemoryS3.Fault;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What has happened in all traces, and had an effect: a story that is never told proves nothing. */
final class ModelTally {

    /** What a run, an operator or a server did that is told of; with the text of the program's own by which it is known, from its start. */
    enum Happening {
        BACKFILL_DONE,
        /** The command saw at once that it must keep away. */
        BACKFILL_REFUSED,
        BACKFILL_FOUND_EVENTS_IN_THE_BUCKET("The bucket has [1-9]\\d* events? of"),
        BACKFILL_STORED_EVENTS,
        BACKFILL_TAKEN_UP_AGAIN,
        FIRST_RUN_REFUSED_BEHIND_A_BACKFILL("There is no state at .* was written by an earlier run"),
        LAST_PAGE_SHORT,
        LAST_PAGE_ASKED_FOR_AGAIN(".* its last page is asked for once more\\."),
        TOTAL_TOO_HIGH(".* also when its last page was asked for once more"),
        STEP_FAILED("A step of the route event-steps "),
        STEPS_CHANGED_BETWEEN_TWO_DECLARATIONS,
        S3_WITHOUT_DATE("S3 does not say what time it is"),
        DUO_WITHOUT_DATE,
        CLOCK_REFUSED("This machine's clock says "),
        OBJECT_NOT_WHOLE(".* is not whole "),
        STORE_DOES_NOT_KEEP("The S3 store took two writes of "),
        OPERATOR_ACTED,
        RECOVERY_SHORT,
        EVENT_WITHDRAWN,
        BATCH_MISSED,
        BATCH_FORGOTTEN("Duo no longer shows \\d+ of the \\d+ events of "),
        WRITE_ARRIVED_LATE,
        OVERTAKEN,
        STOPPED,
        BOUND_REACHED,
        FEED_TOOK,
        KEY_REFUSED("Duo refused the signature "),
        DUO_HUNG,
        STATE_REFUSED("The state at "),
        OTHERS_DONE_BESIDE_TROUBLE,
        STORED_AS_UDM,
        STORED_AS_GZIP;

        private final @Nullable Pattern line;

        Happening() {
            line = null;
        }

        Happening(String line) {
            this.line = Pattern.compile(line);
        }
    }

    private final Map<Happening, Integer> happenings = new TreeMap<>();
    private final Map<Fault, Integer> faults = new TreeMap<>();

    void count(Happening happening) {
        happenings.merge(happening, 1, Integer::sum);
    }

    /** Counts a call of S3's that went otherwise than it should. */
    void count(Fault fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    /** Counts what the program says that it met. */
    void heard(String line) {
        for (Happening happening : Happening.values()) {
            if (happening.line != null && happening.line.matcher(line).lookingAt()) {
                count(happening);
            }
        }
    }

    /** Returns what never happened. */
    Set<String> missing() {
        Set<Happening> never = EnumSet.allOf(Happening.class);
        never.removeAll(happenings.keySet());
        Set<Fault> neverDrawn = EnumSet.allOf(Fault.class);
        neverDrawn.remove(Fault.NONE);
        neverDrawn.removeAll(faults.keySet());
        return Stream.concat(never.stream(), neverDrawn.stream())
                .map(Enum::name)
                .collect(Collectors.toSet());
    }

    @Override
    public String toString() {
        return happenings + " " + faults;
    }
}
