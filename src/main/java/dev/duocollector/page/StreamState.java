// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.page;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.metrics.CollectorStatus;
import dev.duocollector.metrics.StreamHealth;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a stream is doing, in the order in which it needs people. */
enum StreamState {
    OPERATOR("Needs an operator", Tone.BAD),
    OVERDUE("No success", Tone.BAD),
    HELD_UP("Held up", Tone.WARN),
    RECOVERING("Recovering", Tone.WARN),
    CATCHING_UP("Catching up", Tone.WARN),
    NO_RUN("No run yet", Tone.IDLE),
    READING("Reading", Tone.WELL),
    ELSEWHERE("On another node", Tone.IDLE),
    WELL("Well", Tone.WELL);

    /** What a color stands for; a word beside it says the same. */
    enum Tone {
        BAD,
        WARN,
        IDLE,
        WELL;

        /** The class of the style sheet. */
        String css() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String words;
    private final Tone tone;

    StreamState(String words, Tone tone) {
        this.words = words;
        this.tone = tone;
    }

    String words() {
        return words;
    }

    Tone tone() {
        return tone;
    }

    /** Its name in a query. */
    String parameter() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<StreamState> named(String parameter) {
        return Arrays.stream(values())
                .filter(state -> state.parameter().equals(parameter))
                .findFirst();
    }

    /**
     * Returns that of a stream.
     *
     * @param trouble whether the health check says that it is in trouble
     */
    static StreamState of(StreamHealth health, boolean trouble) {
        Optional<CollectorStatus.Ended> last = health.newest();
        if (trouble) {
            return last.filter(StreamState::needsOperator).isPresent() ? OPERATOR : OVERDUE;
        }
        if (health.newestElsewhere().isPresent()) {
            return ELSEWHERE;
        }
        boolean reads = reads(health);
        if (last.isEmpty()) {
            return reads ? READING : NO_RUN;
        }
        return switch (last.get().report().outcome()) {
            case DONE, STOPPED -> reads ? READING : WELL;
            case MORE -> CATCHING_UP;
            case PENDING -> RECOVERING;
            case BEHIND, OWNED, FAILED, OPERATOR -> reads ? RECOVERING : HELD_UP;
        };
    }

    private static boolean needsOperator(CollectorStatus.Ended last) {
        return last.report().outcome() == RunOutcome.OPERATOR;
    }

    /** Whether a run is under way that has finished a page. */
    static boolean reads(StreamHealth health) {
        Instant ended = health.status().last().map(CollectorStatus.Ended::at).orElse(Instant.MIN);
        return health.status().progressed().filter(ended::isBefore).isPresent();
    }
}
