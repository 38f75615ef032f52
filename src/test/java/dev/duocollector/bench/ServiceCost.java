// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a service costs: {@code bin/duo-collector run} with the archive that a first {@code once} made, a run each second by its
 * schedule, each of one page of a log that is behind. On its own:
 * {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.bench.ServiceCost}, some ten minutes long; with {@code JAVA_HOME} on another
 * Java, and {@code -Dbench.options=-Djava.opts=OPTION} for one more option of the service's JVM.
 */
public final class ServiceCost {

    private static final int RUNS = 500;
    private static final List<Integer> LOOKS = List.of(10, 50, 100, 200, 300, 400, RUNS);
    private static final int EVENTS = 60;

    /** Each run that has ended, as more is to be read. */
    private static final String ENDED = "Bound of max.iterations reached";

    private static final Duration RUN_MAX = Duration.ofSeconds(10);

    private final Installed installed;

    private ServiceCost(Path jar) throws IOException {
        installed = Installed.in(Path.of("target", "bench", "service"), jar);
    }

    /** The runnable jar is the argument. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int code = 1;
        try {
            new ServiceCost(Path.of(args[0])).print();
            code = 0;
        } catch (IOException | IllegalStateException e) {
            Report.say("MISSED: %s%n", e.getMessage());
        } finally {
            System.exit(code);
        }
    }

    private void print() throws IOException, InterruptedException {
        Path output = installed.folder().resolve("service.log");
        try (World world = World.inRealTime()) {
            Instant end = Instant.now().minus(Duration.ofMinutes(5));
            world.events.add(new MadeUpEvents(1).spread((RUNS + 60) * EVENTS, end.minus(Duration.ofHours(20)), end));
            world.set("duo.lookback", "24h")
                    .set("duo.page.size", Integer.toString(EVENTS))
                    .set("max.iterations", "1")
                    .set("duo.schedule", "* * * * * ?")
                    .set("duo.schedule-jitter", "0s")
                    .set("duo.schedule.auto-startup", "true")
                    .set("observe.enabled", "true")
                    .set("observe.port", Integer.toString(FreePort.find()));
            // One makes the archive, and the next looks at it before it is kept.
            for (int start = 0; start < 2; start++) {
                Footprint.of(installed.process(List.of(installed.launcher().toString(), "once"), world, output));
            }
            ProcessBuilder service =
                    installed.process(List.of(installed.launcher().toString(), "run"), world, output);
            service.environment().put("JAVA_OPTS", System.getProperty("java.opts", ""));
            Process process = service.start();
            try {
                watch(process, output);
            } finally {
                process.destroy();
                process.waitFor(1, TimeUnit.MINUTES);
                process.destroyForcibly();
            }
        }
    }

    private void watch(Process process, Path output) throws IOException, InterruptedException {
        Path folder = Path.of("/proc", Long.toString(process.pid()));
        Report.say(
                "%n%s; a run of %d events each second%n%n| runs | CPU ms a run | resident MB |%n|--:|--:|--:|%n",
                installed.java(), EVENTS);
        int before = 0;
        long ticksBefore = 0;
        for (int look : LOOKS) {
            long deadline =
                    System.nanoTime() + RUN_MAX.multipliedBy(look - before).toNanos();
            int ended = before;
            while (ended < look) {
                if (process.waitFor(200, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "The service made " + ended + " runs and no more: " + Files.readString(output));
                }
                ended = ended(output);
            }
            long ticks = Footprint.cpuTicks(folder);
            Report.say(
                    "| %d | %.1f | %.1f |%n",
                    ended, (ticks - ticksBefore) * 10.0 / (ended - before), Footprint.residentBytes(folder) / 1e6);
            before = ended;
            ticksBefore = ticks;
        }
    }

    private static int ended(Path output) throws IOException {
        try (Stream<String> lines = Files.lines(output)) {
            return (int) lines.filter(line -> line.contains(ENDED)).count();
        }
    }
}
