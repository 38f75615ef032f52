// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.source;

import dev.duocollector.settings.DuoLog;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One answer of a log of Duo's.
 *
 * @param events in Duo's order
 * @param nextOffset Duo's {@code next_offset}, opaque and never "", as it goes into the next request's parameter; of the array
 *     form that other logs of Duo have, the elements joined by a comma, which is how duo_log_sync sends it. Empty if this page
 *     ends the window
 * @param bytes the answer's length
 * @param totalObjects how many events Duo says that the whole window has, an estimate; empty if it does not say
 * @param answeredAt the answer's {@code Date}, to the second; empty if it has none that can be read
 */
public record DuoPage(
        List<DuoEvent> events,
        Optional<String> nextOffset,
        int bytes,
        OptionalLong totalObjects,
        Optional<Instant> answeredAt) {

    public DuoPage {
        events = List.copyOf(events);
    }

    /**
     * Reads the body of a 200 from {@code GET} of a log (described at
     * <a href="https://duo.com/docs/adminapi#logs">duo.com/docs/adminapi</a>). Members may come in any order, unknown
     * ones are ignored, and a {@code total_objects} that is no number from 0 too. A page without events has no next offset, whatever
     * its metadata says. It keeps no reference to the body.
     *
     * @param limit how many events were asked for, and so the most that are taken
     * @throws DuoApiException if the answer's {@code stat} is not OK
     * @throws MalformedPageException if the body is not a page: cut, not JSON, without {@code stat} or the log's list of events, or
     *     with a {@code next_offset} that is neither text nor an array of texts
     * @throws AnswerTooLargeException if it has more events than that, or more in them than events have
     */
    static DuoPage read(byte[] body, int limit, DuoLog log)
            throws DuoApiException, MalformedPageException, AnswerTooLargeException {
        return DuoAnswer.read(body, limit, log).page();
    }

    public DuoPage at(Optional<Instant> answered) {
        return new DuoPage(events, nextOffset, bytes, totalObjects, answered);
    }

    @Override
    public String toString() {
        return "DuoPage[" + events.size() + " events, next offset " + nextOffset.orElse("none") + "]";
    }

    /** A 200 with a body that is not a page of a log of Duo's; like a cut connection, it is worth another try. */
    public static final class MalformedPageException extends IOException {

        private static final long serialVersionUID = 1L;

        private final boolean fromDuo;

        /** @param fromDuo whether it is Duo's JSON all the same, with a {@code stat} */
        MalformedPageException(String expected, String flaw, int bodyBytes, boolean fromDuo) {
            super("Duo's answer is not " + expected + ": " + flaw + " (" + bodyBytes + " bytes)");
            this.fromDuo = fromDuo;
        }

        /** Says what to do if it stays so. */
        String remedy() {
            return fromDuo
                    ? "If this lasts, report it to Duo with this line."
                    : "If this lasts, see what answers instead of Duo: a proxy, a login page. Check duo.api.host and duo.proxy.";
        }
    }
}
