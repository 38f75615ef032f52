// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The benchmark, {@code ./mvnw -Pbench}: how fast the shipped routes bring events from Duo to S3 on this machine, with how
 * much memory and how many requests, beside what a plain loop and the naive routes do in the same minutes, what a
 * start of the runnable jar, its one argument, costs, and whether anything piles up with runs. Prints its report in
 * Markdown. Exit 1 if an event or a request was not as it should be, or something piles up; a speed below its target is only
 * told.
 */
public final class Benchmark {

    private static final List<Size> SIZES = List.of(new Size(100_000, 5, 5), new Size(1_000_000, 3, 1));

    private Benchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        double loadBefore = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        long start = System.nanoTime();
        List<Result> results = new ArrayList<>();
        Path jar = Path.of(args[0]);
        for (Size size : SIZES) {
            Report.say("%n%,d events%n", size.events());
            try (Session session = new Session(size, Path.of("target", "bench", "s3-" + size.events()), jar)) {
                results.add(session.run());
            }
        }
        Report.say("%nudm%n");
        double udmEventsPerSecond = new UdmRuns(Path.of("target", "bench", "udm")).eventsPerSecond();
        Report.say("%ncost%n");
        new Cost(Path.of("target", "bench", "cost"), jar).print();
        Report.say("%nmany runs%n");
        boolean nothingPilesUp = new ManyRuns(Path.of("target", "bench", "many-runs")).print();
        Report.say("%nDone in %.0f s.%n", (System.nanoTime() - start) / 1e9);
        boolean sound = new Report(results, loadBefore).print();
        Report.say(
                "%nThe command udm, JVM start included, maps %,d events at **%,.0f** a second with -Xmx%s.%n",
                UdmRuns.EVENTS, udmEventsPerSecond, UdmRuns.HEAP);
        System.exit(sound && nothingPilesUp ? 0 : 1);
    }
}
