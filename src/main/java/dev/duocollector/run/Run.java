// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

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
import org.apache.camel.support.SynchronizationAdapter;
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

    /** Whether its window is no state's: then nothing is written, and it counts for nothing. */
    private final boolean withoutState;

    private final Tally tally = new Tally();
    private final Retries retries = new Retries();
    private @Nullable RunTime time;
    private @Nullable WindowReading reading;
    private @Nullable CurrentBatch current;
    private boolean recovering;
    private boolean hasTurn;
    private boolean expired;
    private boolean rangeDone;
    private boolean asked;
    private boolean more;
    private boolean pageFull;
    private boolean windowShortened;
    private Optional<PollWindow.Gap> gap = Optional.empty();

    /** Begins a run of the stream. */
    public Run(Stream stream) {
        this(stream, false);
    }

    private Run(Stream stream, boolean withoutState) {
        this.stream = stream;
        this.withoutState = withoutState;
    }

    /** Begins one of an exchange that reads a window of no state: nothing may be written of it. */
    public static Run withoutState(Stream stream, Exchange exchange) {
        Run run = new Run(stream, true);
        exchange.setVariable(VARIABLE, run);
        run.endWith(exchange);
        run.nameLogLines();
        return run;
    }

    /** Has this run end with its exchange, however that ends. */
    void endWith(Exchange exchange) {
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                reported();
            }
        });
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
    public void read(Window open) {
        reading = new WindowReading(open);
        more = !open.finished();
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

    boolean hasNoWindow() {
        return reading == null;
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
        retries.end();
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

    /** A comparison has found so many events of Duo's that the bucket lacks. */
    public void compared(long lacking) {
        listener().compared(lacking);
    }

    /** Begins once no other run of the stream is under way, and there is room among the workers. */
    public void takeTurn() {
        stream.beginTurn();
        hasTurn = true;
    }

    private void endTurn() {
        if (hasTurn) {
            hasTurn = false;
            stream.endTurn();
        }
    }

    /** Ends the run with its report, and returns that as it is logged. */
    RunReport ended(RunReport report) {
        if (!withoutState) {
            listener().ended(report, Duration.ofNanos(System.nanoTime() - startedNanos));
        }
        endTurn();
        return report.of(stream.label());
    }

    /** Is over, its report logged, however it ended. */
    private void reported() {
        endTurn();
        if (!withoutState) {
            listener().reported();
        }
        Log.nameNoRun();
    }

    /** Tells, once, that nothing was asked for before. */
    boolean asksFirst() {
        boolean first = !asked;
        asked = true;
        return first;
    }

    /** Those of the current request. */
    Retries retries() {
        return retries;
    }

    @Override
    public String toString() {
        return "Run[" + id + ", " + (reading == null ? null : reading.window()) + ", " + tally + "]";
    }
}
