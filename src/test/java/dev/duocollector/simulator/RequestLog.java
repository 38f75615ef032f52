// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** The requests so far, and the refusals among them that no test has accounted for. */
final class RequestLog {
    private final List<RecordedRequest> requests = new ArrayList<>();
    private final List<RecordedRequest> refusals = new ArrayList<>();

    synchronized void add(RecordedRequest request) {
        requests.add(request);
    }

    synchronized void addRefusal(RecordedRequest refusal) {
        refusals.add(refusal);
    }

    synchronized List<RecordedRequest> requests() {
        return List.copyOf(requests);
    }

    synchronized RecordedRequest takeRefusal(int code) {
        Iterator<RecordedRequest> untaken = refusals.iterator();
        while (untaken.hasNext()) {
            RecordedRequest refusal = untaken.next();
            if (refusal.code() == code) {
                untaken.remove();
                return refusal;
            }
        }
        throw new AssertionError("No request was refused with " + code + "; untaken refusals: " + refusals);
    }

    synchronized List<RecordedRequest> takeRefusals(Predicate<RecordedRequest> which) {
        List<RecordedRequest> taken = refusals.stream().filter(which).toList();
        if (taken.isEmpty()) {
            throw new AssertionError("No such request was refused; untaken refusals: " + refusals);
        }
        refusals.removeIf(which);
        return taken;
    }

    synchronized void assertEveryRefusalTaken() {
        if (!refusals.isEmpty()) {
            throw new AssertionError("Refused, and not expected by the test with takeRefusal(code): " + refusals);
        }
    }
}
