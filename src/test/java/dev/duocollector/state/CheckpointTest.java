// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointTest {

    private static final Instant COMMITTED = Instant.parse("2026-11-23T08:00:00Z");
    private static final Instant KEYS_FROM = Instant.parse("2026-11-23T07:50:00Z");
    private static final Instant MAXTIME = Instant.parse("2026-11-23T09:00:00Z");
    private static final Cursor OFFSET = Cursor.after("a");
    private static final Window WINDOW = new Window(KEYS_FROM, MAXTIME, 1000, OFFSET, 3);
    private static final Batch BATCH = new Batch("duo-telephony/a", Map.of("key", COMMITTED), Cursor.END);
    private static final Batch OTHER_BATCH = new Batch("duo-telephony/b", Map.of("other", COMMITTED), Cursor.END);

    private static final Checkpoint BETWEEN = checkpoint(null, null);
    private static final Checkpoint OPEN = checkpoint(WINDOW, null);
    private static final Checkpoint PENDING = checkpoint(WINDOW, BATCH);

    private static Checkpoint checkpoint(@Nullable Window window, @Nullable Batch pending) {
        return new Checkpoint(COMMITTED, KEYS_FROM, window, pending);
    }

    @Test
    void first_isCommittedUpToItsWindow_whichItIsAboutToRead() {
        assertThat(Checkpoint.first(WINDOW)).isEqualTo(new Checkpoint(KEYS_FROM, KEYS_FROM, WINDOW, null));
    }

    static Stream<Arguments> transitions() {
        Window later = WINDOW.startingAt(COMMITTED);
        return Stream.of(
                transition("open between windows", BETWEEN, c -> c.opened(WINDOW), OPEN),
                transition("raise mintime", OPEN, c -> c.startingAt(COMMITTED), checkpoint(later, null)),
                transition(
                        "raise mintime beside a pending batch",
                        PENDING,
                        c -> c.startingAt(COMMITTED),
                        checkpoint(later, BATCH)),
                transition("declare leaves the cursor before the page", OPEN, c -> c.declared(BATCH), PENDING),
                transition(
                        "advance past a delivered batch",
                        PENDING,
                        c -> c.advanced(Cursor.END),
                        checkpoint(WINDOW.advancedTo(Cursor.END), null)),
                transition(
                        "advance past a page without new events",
                        OPEN,
                        c -> c.advanced(Cursor.END),
                        checkpoint(WINDOW.advancedTo(Cursor.END), null)),
                transition(
                        "settle leaves the cursor and counts the page",
                        PENDING,
                        Checkpoint::settled,
                        checkpoint(new Window(KEYS_FROM, MAXTIME, 1000, OFFSET, 4), null)),
                transition(
                        "close commits maxtime",
                        OPEN,
                        Checkpoint::closed,
                        new Checkpoint(MAXTIME, KEYS_FROM, null, null)),
                transition(
                        "close never steps back",
                        new Checkpoint(MAXTIME.plusSeconds(1), KEYS_FROM, WINDOW, null),
                        Checkpoint::closed,
                        new Checkpoint(MAXTIME.plusSeconds(1), KEYS_FROM, null, null)),
                transition(
                        "keys complete later",
                        PENDING,
                        c -> c.keysComplete(COMMITTED),
                        new Checkpoint(COMMITTED, COMMITTED, WINDOW, BATCH)),
                transition("keys complete never earlier", PENDING, c -> c.keysComplete(Instant.EPOCH), PENDING));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transitions")
    void transition_leadsTo(String what, Checkpoint from, UnaryOperator<Checkpoint> transition, Checkpoint to) {
        assertThat(transition.apply(from)).isEqualTo(to);
    }

    static Stream<Arguments> illegalTransitions() {
        return Stream.of(
                illegal("open beside an open window", OPEN, c -> c.opened(WINDOW), "A window is open already"),
                illegal("open beside a pending batch", PENDING, c -> c.opened(WINDOW), "A window is open already"),
                illegal("raise mintime of no window", BETWEEN, c -> c.startingAt(COMMITTED), "No window is open"),
                illegal("declare without a window", BETWEEN, c -> c.declared(BATCH), "No window is open"),
                illegal(
                        "declare beside another batch",
                        PENDING,
                        c -> c.declared(OTHER_BATCH),
                        "A batch is pending already"),
                illegal("advance without a window", BETWEEN, c -> c.advanced(Cursor.END), "No window is open"),
                illegal("settle without a window", BETWEEN, Checkpoint::settled, "No window is open"),
                illegal("close without a window", BETWEEN, Checkpoint::closed, "No window is open"),
                illegal("close over a pending batch", PENDING, Checkpoint::closed, "A batch is pending"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("illegalTransitions")
    void transition_isRefused(String what, Checkpoint from, UnaryOperator<Checkpoint> transition, String message) {
        assertThatIllegalStateException()
                .isThrownBy(() -> transition.apply(from))
                .withMessage(message);
    }

    @Test
    void pendingBatch_isRefused_withoutItsWindow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checkpoint(null, BATCH))
                .withMessage("A pending batch needs its window");
    }

    /** The checkpoint is committed through 08:00; an open window reaches to 09:00. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "between windows,                                 -,     10,  -,     07:50",
        "between windows whatever was reached,            -,     10,  08:40, 07:50",
        "before the first page: the window's start,       07:50, 10,  -,     07:50",
        "within an overlap of the start,                  07:50, 10,  08:00, 07:50",
        "just past an overlap of the start,               07:50, 10,  08:01, 07:51",
        "an overlap behind what is read,                  07:50, 10,  08:40, 08:30",
        "never later than the next window's start,        07:50, 10,  09:00, 08:50",
        "reached beyond the window's end,                 07:50, 10,  09:30, 08:50",
        "overlap longer than the window,                  07:50, 120, 08:59, 07:00",
        "overlap longer than the window before any page,  07:50, 120, -,     07:00",
        "lowered overlap before any page,                 07:50, 1,   -,     07:50",
        "lowered overlap in the middle,                   07:50, 1,   08:10, 08:09",
    })
    void keysNeededFrom(String what, String mintime, long overlapMinutes, String reached, String from) {
        Checkpoint checkpoint =
                mintime.equals("-") ? BETWEEN : BETWEEN.opened(Window.unread(at(mintime), MAXTIME, 1000));

        assertThat(checkpoint.keysNeededFrom(
                        Duration.ofMinutes(overlapMinutes), reached.equals("-") ? null : at(reached)))
                .isEqualTo(at(from));
    }

    @Test
    void toMillis_cutsOff() {
        assertThat(Checkpoint.toMillis(Instant.parse("2026-11-23T08:00:00.123999Z")))
                .isEqualTo(Instant.parse("2026-11-23T08:00:00.123Z"));
        assertThat(Checkpoint.toMillis(Instant.parse("1969-12-31T23:59:59.999999Z")))
                .isEqualTo(Instant.parse("1969-12-31T23:59:59.999Z"));
    }

    private static Instant at(String time) {
        return Instant.parse("2026-11-23T" + time + ":00Z");
    }

    private static Arguments transition(
            String what, Checkpoint from, UnaryOperator<Checkpoint> transition, Checkpoint to) {
        return arguments(what, from, transition, to);
    }

    private static Arguments illegal(
            String what, Checkpoint from, UnaryOperator<Checkpoint> transition, String message) {
        return arguments(what, from, transition, message);
    }
}
