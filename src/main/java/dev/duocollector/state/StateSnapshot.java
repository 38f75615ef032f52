// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import dev.duocollector.state.S3StateStore.Found;
import dev.duocollector.state.StateRefusedException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was at the state's key at one moment: nothing, a state, or something that a run refuses. Immutable. */
public final class StateSnapshot {

    private final String place;
    private final StateAnswer answer;
    private final @Nullable Found found;
    private final @Nullable State state;
    private final @Nullable StateRefusedException refusal;

    StateSnapshot(
            String place,
            StateAnswer answer,
            @Nullable Found found,
            @Nullable State state,
            @Nullable StateRefusedException refusal) {
        this.place = place;
        this.answer = answer;
        this.found = found;
        this.state = state;
        this.refusal = refusal;
    }

    @Nullable
    Found found() {
        return found;
    }

    public String place() {
        return place;
    }

    public boolean exists() {
        return found != null;
    }

    /** Returns the object's size in bytes, 0 if there is none. */
    public int bytes() {
        return found == null ? 0 : found.bytes().length;
    }

    /** Returns what time it was when S3 answered, by S3's clock, to the second; empty if it did not say. */
    public Optional<Instant> answeredAt() {
        return answer.answeredAt();
    }

    /** Returns when the object was written, by S3's clock, to the second. */
    public Optional<Instant> writtenAt() {
        return Optional.ofNullable(found).map(Found::writtenAt);
    }

    /** Returns how old the object was when S3 gave it, by S3's clock alone; empty if there is none or S3 did not say. */
    public Optional<Duration> age() {
        return answer.age();
    }

    /** Returns why a run refuses what is there; empty if it does not. */
    public Optional<Reason> refusal() {
        return Optional.ofNullable(refusal).map(StateRefusedException::reason);
    }

    /** Returns what a run says of a state that it refuses, with what to do; empty if it does not. */
    public String refusalMessage() {
        return refusal == null ? "" : String.valueOf(refusal.getMessage());
    }

    /** Returns how far the log is collected; empty if nothing says so, or not readably. */
    public Optional<Checkpoint> checkpoint() {
        return Optional.ofNullable(state).map(State::checkpoint);
    }

    /** Returns the events that count as seen, with their times. */
    public Map<String, Instant> eventKeys() {
        return state == null ? Map.of() : state.eventKeys();
    }

    /**
     * Returns the members at the top of the object that are texts or numbers, such as {@code version}, {@code owner} and
     * {@code writeId}, as far as they can be read.
     */
    public Map<String, String> readable() {
        return found == null ? Map.of() : StateFormat.readable(found.bytes());
    }

    @Override
    public String toString() {
        return place;
    }
}
