// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import dev.duocollector.text.Log;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What one run knows of itself, kept in the exchange variable {@value #VARIABLE}: its time, how far its {@linkplain #reading
 * window} is read, its {@linkplain #current batch}, its {@linkplain #tally figures}. Never durable: what must last longer than
 * the run is in the state. Used by one thread at a time, the one that routes the exchange.
 */
public final class Run {

    /** The exchange variable that holds the run. A variable, not a header: headers go over the wire. */
    public static final String VARIABLE = "run";

    /** Names the run in the log: eight hexadecimal digits, drawn anew for each. */
    private final String id =
            String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());

    private final long startedNanos = System.nanoTime();
    private final Stream stream;
    private final Tally tally = new Tally();
    private @Nullable RunTime time;
    private @Nullable WindowReading reading;
    private @Nullable CurrentBatch current;
    private boolean recovering;
    private boolean hasTurn;
    private boolean expired;
    private boolean rangeDone;
    private boolean withoutState;
    private boolean asked;
    private boolean more;
    private boolean pageFull;
    private boolean windowShortened;
    private Optional<PollWindow.Gap> gap = Optional.empty();
    private long retryingSinceNanos;
    private int retries;

    /** Begins a run of the stream. */
    public Run(Stream stream) {
        this.stream = stream;
    }

    /** Returns the run of an exchange. */
    public static Run of(Exchange exchange) {
        Run run = exchange.getVariable(VARIABLE, Run.class);
        if (run == null) {
            throw new IllegalStateException(
                    "The step OpenRun must come first: the exchange has no variable " + VARIABLE);
        }
        run.nameLogLines();
        return run;
    }

    /**
     * Sets what the routes ask for, in exchange variables of simple types: {@code more}, {@code recovering}, {@code events},
     * {@code objectKey}, {@code udmObjectKey}, {@code udmDue} and {@code found}. Each step that moves the run ends with it.
     * Not the run itself, since what Simple reads through a bean Camel's bean component keeps, batch and all, for the next
     * thousand runs.
     */
    public void show(Exchange exchange) {
        exchange.setVariable("more", more);
        exchange.setVariable("recovering", recovering);
        exchange.setVariable("events", current == null ? 0 : current.kept());
        exchange.setVariable("objectKey", current == null ? "" : batch().objectKey());
        exchange.setVariable("udmObjectKey", current == null ? "" : batch().udmKey());
        exchange.setVariable("found", recovering && current().missing() == 0);
        exchange.setVariable("udmDue", current != null && current.isUdmDue());
    }

    /** Gives the log lines of this thread the run's id and stream. At each step, since an operator's step may continue in another thread. */
    void nameLogLines() {
        Log.nameRun(id, stream.label());
    }

    /** What this is a run of. */
    public Stream stream() {
        return stream;
    }

    /** Gets what this run does. */
    RunListener listener() {
        return stream.listener();
    }

    public Tally tally() {
        return tally;
    }

    /** Notes what time it is for this run; once, when its state has come. */
    public void began(RunTime begun) {
        time = begun;
    }

    /** What time it is for this run. */
    RunTime time() {
        if (time == null) {
            throw new IllegalStateException("The state has not been read yet");
        }
        return time;
    }

    /** Reading continues in this window, from its cursor. */
    void read(Window open) {
        reading = new WindowReading(open);
        more = !open.finished();
    }

    /** This window is read, which is no state's: nothing may be written of it. */
    public void readWithoutState(Window unread) {
        withoutState = true;
        read(unread);
    }

    boolean isWithoutState() {
        return withoutState;
    }

    /** How far the open window is read. */
    public WindowReading reading() {
        if (reading == null) {
            throw new IllegalStateException("No window is open");
        }
        return reading;
    }

    boolean hasWindow() {
        return reading != null;
    }

    public Window window() {
        return reading().window();
    }

    public Cursor cursor() {
        return reading().cursor();
    }

    /** The time of the last event read of the window, to the millisecond; null before the first. */
    @Nullable
    Instant reached() {
        return reading == null ? null : reading.reached();
    }

    /** There is nothing to read yet after all. */
    void noWindow() {
        reading = null;
        more = false;
        gap = Optional.empty();
    }

    /** Notes what a page said of the page after it. */
    public void pageRead(Cursor next, boolean full, int seen) {
        tally.page(seen);
        reading().pageRead(next);
        pageFull = full;
        more = next.position() != Cursor.Position.END;
        retries = 0;
    }

    /** The current page is asked for once more, after the pause. */
    void askAgain() {
        pageFull = true;
    }

    boolean pageFull() {
        return pageFull;
    }

    /** Whether there is another page to read. */
    boolean isMore() {
        return more;
    }

    void enough() {
        more = false;
    }

    /** Notes that the window is given an earlier end; false if it was before. */
    boolean shortened() {
        boolean first = !windowShortened;
        windowShortened = true;
        return first;
    }

    /** Notes time before the window that nobody can read any more; reported once Duo has answered. */
    void gapBefore(PollWindow.Gap before) {
        gap = Optional.of(before);
    }

    Optional<PollWindow.Gap> takeGap() {
        Optional<PollWindow.Gap> taken = gap;
        gap = Optional.empty();
        return taken;
    }

    /** The window is too old for Duo: nothing more of it can be read. */
    void expired() {
        expired = true;
        more = false;
    }

    boolean isExpired() {
        return expired;
    }

    /** The fixed range was read to its end before. */
    void rangeDone() {
        rangeDone = true;
    }

    boolean isRangeDone() {
        return rangeDone;
    }

    /** A batch in doubt comes before anything else. */
    void recover(Batch pending) {
        startBatch(pending);
        recovering = true;
        more = true;
    }

    /** Whether a batch of an earlier run is in doubt and comes first. */
    boolean isRecovering() {
        return recovering;
    }

    /** The batch is in doubt no more, and its window is read on from where the checkpoint is, if Duo still has it. */
    void recovered(Checkpoint checkpoint) {
        recovering = false;
        if (!expired) {
            read(checkpoint.openWindow().orElseThrow());
        }
    }

    void startBatch(Batch next) {
        current = new CurrentBatch(next);
    }

    /** The current batch, with what has become of it. */
    CurrentBatch current() {
        if (current == null) {
            throw new IllegalStateException("No page has been read yet");
        }
        return current;
    }

    Batch batch() {
        return current().batch();
    }

    /**
     * The batch is declared in the state.
     *
     * @param at when, by S3's clock
     */
    void declared(Batch declared, Instant at) {
        current().declared(declared, at, time().now());
    }

    /** Tells whether this run has declared the current batch, and no longer ago than that. */
    boolean isDeclaredWithin(Duration past) {
        return current().isDeclaredSince(time().now().minus(past));
    }

    /** Counts the current batch as delivered. */
    void delivered() {
        current().delivered(tally, listener());
    }

    /** Counts the current batch, which an earlier run has stored, as delivered. */
    void found() {
        current().found(tally, listener());
    }

    /** Begins once no other run of the stream is under way, and there is room among the workers. */
    void takeTurn() {
        if (!stream.turn().begin(stream.pause())) {
            throw new RefusedException(RunOutcome.FAILED, "Stopped before an earlier run had ended.");
        }
        stream.workers().begin();
        hasTurn = true;
    }

    private void endTurn() {
        if (hasTurn) {
            hasTurn = false;
            stream.workers().end();
            stream.turn().end();
        }
    }

    /** Ends the run with its report, and returns that as it is logged. */
    RunReport ended(RunReport report) {
        listener().ended(report, Duration.ofNanos(System.nanoTime() - startedNanos));
        endTurn();
        return report.of(stream.label());
    }

    /** Is over, its report logged, however it ended. */
    void reported() {
        endTurn();
        listener().reported();
        Log.nameNoRun();
    }

    /** Tells, once, that nothing was asked for before. */
    boolean asksFirst() {
        boolean first = !asked;
        asked = true;
        return first;
    }

    /** Counts a retry of the current request, from 1, and starts its clock. */
    int retry(long nowNanos) {
        if (retries == 0) {
            retryingSinceNanos = nowNanos;
        }
        return ++retries;
    }

    long retryingNanos(long nowNanos) {
        return nowNanos - retryingSinceNanos;
    }

    @Override
    public String toString() {
        return "Run[" + id + ", " + (reading == null ? null : reading.window()) + ", " + tally + "]";
    }
}
