// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.RequestOutcome;
import dev.duocollector.source.TelephonyEvent;
import dev.duocollector.source.TelephonyPage;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.PollWindow;
import dev.duocollector.state.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What one run knows of itself, kept in the exchange variable {@value #VARIABLE}. Never durable: what must outlive the run
 * stands in the state. Used by one thread at a time, the one that routes the exchange.
 */
public final class Run {

    /** The exchange variable that holds the run. A variable, not a header: headers go over the wire. */
    public static final String VARIABLE = "run";

    /** The name under which every log line of a run has the run's id, in the logging framework's context. */
    public static final String ID_IN_LOG = "duo.run.id";

    private final String id =
            String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
    private final long startedNanos = System.nanoTime();
    private final RunListener listener;
    private final Set<String> offsetsSent = new HashSet<>();
    private final Map<String, TelephonyEvent> recovered = new LinkedHashMap<>();
    private @Nullable RunTime time;
    private @Nullable Window window;
    private @Nullable Batch batch;
    private Cursor cursor = Cursor.START;
    private @Nullable Instant reached;
    private @Nullable String storing;
    private boolean storingUdm;
    private boolean recovering;
    private boolean outlived;
    private boolean rangeDone;
    private boolean withoutState;
    private boolean asked;
    private boolean more;
    private boolean pageFull;
    private boolean firstAnswer;
    private WindowTally windowTally = new WindowTally();
    private boolean windowShortened;
    private Optional<PollWindow.Gap> gap = Optional.empty();
    private @Nullable Long progressFromNanos;
    private long retryingSinceNanos;
    private int retries;
    private final Tally tally = new Tally();
    private Calls calls = new Calls();
    private int fresh;
    private int kept;
    private @Nullable Instant declaredAt;
    private Instant declaredWhen = Instant.MIN;
    private @Nullable Instant latest;
    private @Nullable Instant latestBefore;
    private int pagesWithoutProgress;
    private long storingBytes;

    public Run() {
        this(RunListener.NONE);
    }

    /** Begins a run; the listener is told what it does. */
    public Run(RunListener listener) {
        this.listener = listener;
    }

    /** Returns the run of an exchange. */
    public static Run of(Exchange exchange) {
        Run run = exchange.getVariable(VARIABLE, Run.class);
        if (run == null) {
            throw new IllegalStateException(
                    "The step openRun must come first: the exchange has no variable " + VARIABLE);
        }
        run.nameLogLines();
        return run;
    }

    /**
     * Sets what the routes ask for, in exchange variables of simple types: {@code more}, {@code recovering}, {@code objectKey},
     * {@code udmObjectKey}, {@code udmDue} and {@code found}. Each step that moves the run ends with it. Not the run itself, since what Simple
     * reads through a bean Camel's bean component keeps, batch and all, for the next thousand runs.
     */
    public void show(Exchange exchange) {
        exchange.setVariable("more", more);
        exchange.setVariable("recovering", recovering);
        exchange.setVariable("objectKey", batch == null ? "" : batch.objectKey());
        exchange.setVariable("udmObjectKey", batch == null ? "" : batch.udmKey());
        exchange.setVariable(
                "found",
                recovering && recovered.size() == getBatch().eventKeys().size());
        exchange.setVariable("udmDue", storing != null && getBatch().isUdmWanted());
    }

    /** Gives the log lines of this thread the run's id. At each step, since an operator's step may go on in another thread. */
    void nameLogLines() {
        if (!id.equals(MDC.get(ID_IN_LOG))) {
            MDC.put(ID_IN_LOG, id);
        }
    }

    /** Names the run in the log: eight hexadecimal digits, drawn anew for each. */
    public String getId() {
        return id;
    }

    /** Whether there is another page to read. */
    public boolean isMore() {
        return more;
    }

    /** Whether a batch of an earlier run is in doubt and comes first. */
    public boolean isRecovering() {
        return recovering;
    }

    /** The batch in hand. */
    public Batch getBatch() {
        if (batch == null) {
            throw new IllegalStateException("No page has been read yet");
        }
        return batch;
    }

    /** The events of the batch in doubt, as Duo gave them again and in its order. */
    public List<TelephonyEvent> getRecovered() {
        return new ArrayList<>(recovered.values());
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

    public Window window() {
        if (window == null) {
            throw new IllegalStateException("No window is open");
        }
        return window;
    }

    boolean hasWindow() {
        return window != null;
    }

    public Cursor cursor() {
        return cursor;
    }

    /** Reading goes on in this window, from its cursor. */
    void read(Window open) {
        window = open;
        cursor = open.cursor();
        more = !open.finished();
        firstAnswer = open.cursor().position() == Cursor.Position.START;
        windowTally = new WindowTally();
        offsetsSent.clear();
        latest = null;
        latestBefore = null;
    }

    /** What Duo gave of the window, against what it said. */
    WindowTally windowTally() {
        return windowTally;
    }

    /** There is nothing to read yet after all. */
    void noWindow() {
        window = null;
        more = false;
        gap = Optional.empty();
    }

    /** Tells whether the answer in hand is the first one to this window. */
    boolean isFirstAnswer() {
        return firstAnswer;
    }

    /** Duo has answered a question for a page of this window, and the answer is used. */
    void answered() {
        firstAnswer = false;
    }

    /** The page in hand is asked for once more, after the pause. */
    void askAgain() {
        pageFull = true;
    }

    /** Notes that the window is given an earlier end; false if it was before. */
    boolean shortened() {
        boolean first = !windowShortened;
        windowShortened = true;
        return first;
    }

    /** Notes time before the window that nobody can read any more; to be told once Duo has answered. */
    void gapBefore(PollWindow.Gap before) {
        gap = Optional.of(before);
    }

    Optional<PollWindow.Gap> takeGap() {
        Optional<PollWindow.Gap> taken = gap;
        gap = Optional.empty();
        return taken;
    }

    /** This window is read, which is no state's: nothing may be written of it. */
    public void readWithoutState(Window unread) {
        withoutState = true;
        read(unread);
    }

    boolean isWithoutState() {
        return withoutState;
    }

    /** The window begins later than it did; where reading stands does not change. */
    void mintimeRaised(Window open) {
        window = open;
    }

    /** A batch in doubt comes before anything else. */
    void recover(Batch pending) {
        batch = pending;
        declaredAt = null;
        recovering = true;
        recovered.clear();
        kept = 0;
        more = true;
    }

    void addRecovered(TelephonyEvent event) {
        recovered.putIfAbsent(event.eventKey(), event);
    }

    int recoveredCount() {
        return recovered.size();
    }

    void recoveryDone() {
        recovering = false;
        recovered.clear();
    }

    /** The window is too old for Duo: nothing more of it can be read. */
    void outlived() {
        outlived = true;
        more = false;
    }

    boolean isOutlived() {
        return outlived;
    }

    /** The fixed range was read to its end before. */
    void rangeDone() {
        rangeDone = true;
    }

    boolean isRangeDone() {
        return rangeDone;
    }

    void inHand(Batch next) {
        batch = next;
        declaredAt = null;
        kept = 0;
    }

    /** The events that make up the batch in hand, before any operator's step. */
    void counts(Collection<TelephonyEvent> events) {
        calls = new Calls();
        events.forEach(calls::add);
        fresh = events.size();
    }

    /** How many events the operator's steps have left. */
    public void kept(int events) {
        kept = events;
    }

    /** How many events are to be stored of the current batch. */
    int kept() {
        return kept;
    }

    /**
     * The batch is declared in the state.
     *
     * @param at when, by S3's clock
     */
    void declared(Batch declared, Instant at) {
        batch = declared;
        declaredAt = at;
        declaredWhen = time().now();
    }

    /** When this run declared the current batch, by S3's clock. */
    Instant declaredAt() {
        if (declaredAt == null) {
            throw new IllegalStateException("The batch is not declared");
        }
        return declaredAt;
    }

    /** Tells whether this run has declared the current batch, and no longer ago than that. */
    boolean isDeclaredWithin(Duration past) {
        return declaredAt != null && !declaredWhen.isBefore(time().now().minus(past));
    }

    void storing(String objectKey, long bytes) {
        storing = objectKey;
        storingBytes = bytes;
    }

    void storingUdm() {
        storingUdm = true;
    }

    /** Counts a batch as delivered that an earlier run has stored. */
    void found(Batch done) {
        listener.delivered(new RunListener.Delivery(done.eventKeys().size(), 0, 1, 0, storingUdm ? 1 : 0, new Calls()));
        tally.found(done.eventKeys().size(), done.objectKey(), storingUdm);
        settled();
    }

    /** Counts the batch in hand as delivered. */
    void delivered() {
        boolean stored = storing != null;
        int left = stored ? kept : 0;
        listener.delivered(new RunListener.Delivery(
                left, Math.max(0, fresh - left), stored ? 1 : 0, stored ? storingBytes : 0, storingUdm ? 1 : 0, calls));
        if (storing != null) {
            tally.stored(fresh, left, storing, storingUdm);
        } else {
            tally.dropped(fresh);
        }
        settled();
    }

    private void settled() {
        storing = null;
        storingUdm = false;
    }

    /** Counts a request to Duo. */
    void answered(RequestOutcome outcome) {
        listener.answered(outcome);
    }

    void retried() {
        listener.retried();
    }

    /** Counts a page, of whose events so many were seen before. */
    void received(TelephonyPage page, int seen) {
        listener.pageRead(page.events().size(), seen, page.bytes());
    }

    /** Events that Duo showed or counted once are not to be had any more. */
    void missing(int count) {
        listener.missing(count);
    }

    void gap() {
        listener.gap();
    }

    void coveredThrough(Instant through) {
        listener.coveredThrough(through);
    }

    /** Ends the run with its report, which it returns. */
    RunReport ended(RunReport report) {
        listener.ended(report, Duration.ofNanos(System.nanoTime() - startedNanos));
        return report;
    }

    /** Is over, its report logged. */
    void reported() {
        listener.reported();
        MDC.remove(ID_IN_LOG);
    }

    /** Notes what a page said of the page after it. */
    public void pageRead(Cursor next, boolean full, int seen) {
        tally.page(seen);
        cursor = next;
        pagesWithoutProgress = Objects.equals(latest, latestBefore) ? pagesWithoutProgress + 1 : 0;
        latestBefore = latest;
        pageFull = full;
        more = next.position() != Cursor.Position.END;
        retries = 0;
    }

    /** The time of the last event read, to the millisecond; null before the first. */
    @Nullable
    Instant reached() {
        return reached;
    }

    public void reached(Instant ts) {
        reached = ts;
    }

    void enough() {
        more = false;
    }

    /** Tells, once in each such time, that it has passed; the time begins with the first question. */
    boolean progressDue(long nowNanos, Duration every) {
        if (progressFromNanos == null) {
            progressFromNanos = nowNanos;
        }
        boolean due = nowNanos - progressFromNanos >= every.toNanos();
        if (due) {
            progressFromNanos = nowNanos;
        }
        return due;
    }

    boolean pageFull() {
        return pageFull;
    }

    /** Tells, once, that nothing was asked for before. */
    boolean asksFirst() {
        boolean first = !asked;
        asked = true;
        return first;
    }

    /** Notes that an offset goes out. */
    void sends(String offset) {
        offsetsSent.add(offset);
    }

    boolean hasSent(String offset) {
        return offsetsSent.contains(offset);
    }

    /** Notes an event's time as Duo gave it, whether the event is new or not. */
    public void saw(Instant ts) {
        if (latest == null || ts.isAfter(latest)) {
            latest = ts;
        }
    }

    /** Returns how many pages in a row have brought no event later than those before. */
    int pagesWithoutProgress() {
        return pagesWithoutProgress;
    }

    /** Counts a retry of the request in hand, from 1, and starts its clock. */
    int retry(long nowNanos) {
        if (retries == 0) {
            retryingSinceNanos = nowNanos;
        }
        return ++retries;
    }

    long retryingNanos(long nowNanos) {
        return nowNanos - retryingSinceNanos;
    }

    public Tally tally() {
        return tally;
    }

    @Override
    public String toString() {
        return "Run[" + id + ", " + window + ", " + tally + "]";
    }
}
