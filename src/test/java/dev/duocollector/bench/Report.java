// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.util.List;
import java.util.Locale;

/** What the benchmark found, in Markdown that SIZING can quote. */
final class Report {

    private static final int EVENTS_PER_SECOND_MIN = 40_000;
    private static final double FLOOR_SHARE_MIN = 0.5;
    private static final long HEAP_GROWTH_MAX = 2_000_000;

    /** An idle machine, but for Maven. */
    private static final double LOAD_MAX = 1.5;

    private final List<Result> results;
    private final double loadBefore;

    /** @param loadBefore how many programs wanted a processor before the benchmark did; negative where that is not told */
    Report(List<Result> results, double loadBefore) {
        this.results = results;
        this.loadBefore = loadBefore;
    }

    static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }

    /** Prints everything, and returns whether there were as many requests as expected. */
    boolean print() {
        machine();
        speeds();
        requests();
        return targets();
    }

    private void machine() {
        say(
                "%n%d cores, %s %s, %s %s; Duo, S3 and each program in a JVM of its own on these cores.%n"
                        + "Pages of %,d events, %,d events a day; medians of the runs after a first one.%n",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Size.PAGE,
                Size.EVENTS_A_DAY);
        if (loadBefore > LOAD_MAX) {
            say(
                    "**Other programs were running (load %.1f at the start): the speeds are lower than they should be.**%n",
                    loadBefore);
        }
    }

    private void speeds() {
        say(
                "%n| events | | events/s (least to most) | runs | MB/s stored | CPU s per 100,000 events | -Xmx | heap, peak"
                        + " | heap after GC |%n|--:|---|--:|--:|--:|--:|--:|--:|--:|%n");
        for (Result result : results) {
            for (Variant variant : Variant.values()) {
                speed(result, variant);
            }
        }
    }

    private static void speed(Result result, Variant variant) {
        Measured median = result.median(variant);
        say(
                "| %,d | %s | **%,.0f** (%,.0f to %,.0f) | %d | %.1f | %.2f | %s | %.0f MB | %.1f MB |%n",
                result.size().events(),
                variant,
                result.eventsPerSecond(variant),
                result.slowest(variant),
                result.fastest(variant),
                result.size().runs(variant),
                result.megabytesPerSecond(variant),
                result.cpuSeconds(variant),
                variant.heap(),
                median.heapPeakBytes() / 1e6,
                median.heapAfterBytes() / 1e6);
    }

    private void requests() {
        say("%n| the collector's requests | GET from Duo | PUT of data | PUT of state | GET from S3 | others"
                + " | largest state |%n|---|--:|--:|--:|--:|--:|--:|%n");
        for (Result result : results) {
            requests("counted", result.size(), result.requests());
            requests("expected", result.size(), result.expectedRequests());
        }
    }

    private static void requests(String how, Size size, Requests requests) {
        say(
                "| %s for %,d pages | %,d | %,d | %,d | %,d | %,d | %,d bytes |%n",
                how,
                size.pages(),
                requests.duoGets(),
                requests.dataPuts(),
                requests.statePuts(),
                requests.stateGets(),
                requests.others(),
                requests.statePutBytes());
    }

    private boolean targets() {
        Result small = results.get(0);
        Result large = results.get(results.size() - 1);
        double speed = large.eventsPerSecond(Variant.COLLECTOR);
        double share = speed / large.eventsPerSecond(Variant.FLOOR);
        long growth = large.median(Variant.COLLECTOR).heapAfterBytes()
                - small.median(Variant.COLLECTOR).heapAfterBytes();
        boolean requests = results.stream().allMatch(result -> result.requests().equals(result.expectedRequests()));
        say("%nTargets, with %,d events:%n%n", large.size().events());
        target(speed >= EVENTS_PER_SECOND_MIN, "at least %,d events/s: %,.0f", EVENTS_PER_SECOND_MIN, speed);
        target(share >= FLOOR_SHARE_MIN, "at least half the plain loop's speed: %.0f %%", share * 100);
        target(growth <= HEAP_GROWTH_MAX, "heap after GC no larger than with a tenth of them: %+.1f MB", growth / 1e6);
        // Else the benchmark would not have come so far.
        target(true, "a heap of %s is enough, and every event was stored in every run", Variant.COLLECTOR.heap());
        target(
                requests,
                "one GET, one data PUT and one state PUT a page; one GET and one state PUT a window;"
                        + " three GETs of S3 and two refused PUTs a first start");
        return requests;
    }

    private static void target(boolean reached, String what, Object... values) {
        say("- %s: %s%n", reached ? "reached" : "MISSED", String.format(Locale.ROOT, what, values));
    }
}
