// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.source.TelephonyEvent;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What one run knows of itself, kept in the exchange variable {@value #VARIABLE}. Never durable: what must outlive the run
 * stands in the state. Used by one thread at a time, the one that routes the exchange.
 */
public final class Run {

    /** The exchange variable that holds the run. A variable, not a header: headers go over the wire. */
    public static final String VARIABLE = "run";

    private final Set<String> offsetsSent = new HashSet<>();
    private final Map<String, TelephonyEvent> recovered = new LinkedHashMap<>();
    private @Nullable Window window;
    private @Nullable Batch batch;
    private Cursor cursor = Cursor.START;
    private @Nullable Instant reached;
    private @Nullable String storing;
    private boolean storingUdm;
    private String lastObject = "";
    private boolean recovering;
    private boolean outlived;
    private boolean rangeDone;
    private boolean more;
    private boolean pageFull;
    private @Nullable Long progressFromNanos;
    private long retryingSinceNanos;
    private int retries;
    private int pages;
    private int events;
    private int duplicates;
    private int objects;
    private int udmObjects;

    /** Returns the run of an exchange. */
    static Run of(Exchange exchange) {
        Run run = exchange.getVariable(VARIABLE, Run.class);
        if (run == null) {
            throw new IllegalStateException(
                    "The step openRun must come first: the exchange has no variable " + VARIABLE);
        }
        return run;
    }

    /** Whether there is another page to read; the routes' loops ask. */
    public boolean isMore() {
        return more;
    }

    /** Whether a batch of an earlier run is in doubt and comes first. */
    public boolean isRecovering() {
        return recovering;
    }

    /** The batch in hand, whose object key the routes put into the S3 header. */
    public Batch getBatch() {
        if (batch == null) {
            throw new IllegalStateException("No page has been read yet");
        }
        return batch;
    }

    /** Whether the batch in hand has an object, which this run stored or found stored, and is wanted as UDM; the routes ask. */
    public boolean isUdmDue() {
        return storing != null && getBatch().isUdmWanted();
    }

    /** The events of the batch in doubt, as Duo gave them again and in its order. */
    public List<TelephonyEvent> getRecovered() {
        return new ArrayList<>(recovered.values());
    }

    Window window() {
        if (window == null) {
            throw new IllegalStateException("No window is open");
        }
        return window;
    }

    boolean hasWindow() {
        return window != null;
    }

    Cursor cursor() {
        return cursor;
    }

    /** Reading goes on in this window, from its cursor. */
    void read(Window open) {
        window = open;
        cursor = open.cursor();
        more = !open.finished();
        offsetsSent.clear();
    }

    /** The window begins later than it did; where reading stands does not change. */
    void mintimeRaised(Window open) {
        window = open;
    }

    /** A batch in doubt comes before anything else. */
    void recover(Batch pending) {
        batch = pending;
        recovering = true;
        recovered.clear();
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
    }

    void storing(String objectKey) {
        storing = objectKey;
    }

    void storingUdm() {
        storingUdm = true;
    }

    /** Counts the batch in hand as delivered. */
    void delivered(Batch done) {
        events += done.eventKeys().size();
        if (storing != null) {
            objects++;
            lastObject = storing;
            storing = null;
        }
        udmObjects += storingUdm ? 1 : 0;
        storingUdm = false;
    }

    /** Notes what a page said of the page after it. */
    void pageRead(Cursor next, boolean full, int seen) {
        pages++;
        duplicates += seen;
        cursor = next;
        pageFull = full;
        more = next.position() != Cursor.Position.END;
        retries = 0;
    }

    /** The time of the last event read, to the millisecond; null before the first. */
    @Nullable
    Instant reached() {
        return reached;
    }

    void reached(Instant ts) {
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

    /** Notes that an offset goes out. */
    void sends(String offset) {
        offsetsSent.add(offset);
    }

    boolean hasSent(String offset) {
        return offsetsSent.contains(offset);
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

    int pages() {
        return pages;
    }

    int events() {
        return events;
    }

    int duplicates() {
        return duplicates;
    }

    int objects() {
        return objects;
    }

    int udmObjects() {
        return udmObjects;
    }

    String lastObject() {
        return lastObject;
    }

    @Override
    public String toString() {
        return "Run[" + window + ", " + pages + " pages, " + events + " events]";
    }
}
