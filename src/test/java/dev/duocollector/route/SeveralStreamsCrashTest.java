// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultProxy;
import dev.duocollector.run.RunReport;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The guarantee for each of several streams: a process that collects three logs of two accounts dies after any of its requests,
 * to S3 and to Duo, <em>for every n</em>. The next one goes on, and every event of every stream is in the bucket once; what
 * the run that died was not about is as it was. What else can befall a request is {@link CrashRecoveryTest}'s matter; runs
 * that lie side by side are the delivery model's and the kill test's.
 */
class SeveralStreamsCrashTest {

    private static final Duration HOUR = Duration.ofHours(1);

    /** What a process asks for when nothing fails, less a little: a loop must not end early for another reason. */
    private static final int REQUESTS_MIN = 70;

    private static final int REQUESTS_MAX = 1000;

    @TempDir
    private Path folder;

    private final AtomicInteger requests = new AtomicInteger();
    private final List<TestStream> streams = new ArrayList<>();

    @Nightly
    @Test
    void everyEventOfEveryStreamOnce_afterWhicheverRequestTheProcessDies() {
        try (World world = new World()
                .set("duo.accounts", folder.toString())
                .set("duo.logs", "telephony,authentication,activity")
                // A process may die before its first run has stored anything, and the next one starts an hour later.
                .set("duo.lookback", "3h")
                .set("duo.page.size", "2")
                .set("duo.retry.max-elapsed", "0s")) {
            streams.addAll(TestStream.ofOwnAccount(world));
            streams.addAll(TestStream.ofNewAccount(world, folder, "acme", 1));
            try (TestCollector collector = world.start()) {
                for (int n = 0; n < REQUESTS_MAX; n++) {
                    if (!diesAfter(n, world, collector)) {
                        assertThat(n).as("requests after which it died").isGreaterThan(REQUESTS_MIN);
                        return;
                    }
                }
            }
        }
        throw new AssertionError("A process makes more than " + REQUESTS_MAX + " requests");
    }

    /** Returns whether the process has made so many requests that it died. */
    private boolean diesAfter(int n, World world, TestCollector collector) {
        world.reset();
        addEvents();
        collector.restart(world.clock);
        cutOffAfter(n, world.duoProxy);
        cutOffAfter(n, world.s3Proxy);
        requests.set(0);
        TestStream died = runAll(world, collector, n);

        world.duoProxy.plan(FaultPlan.none());
        world.s3Proxy.plan(FaultPlan.none());
        world.clock.advance(HOUR);
        collector.restart(world.clock);
        for (TestStream stream : streams) {
            // What a run left open ends at the old window's end; the next run reads on.
            for (int runs = stream.equals(died) ? 2 : 1; runs > 0; runs--) {
                RunReport report = collector.runOf(stream.name());
                assertThat(report.outcome())
                        .as("after request %s: %s", n, report.line())
                        .isEqualTo(RunOutcome.DONE);
            }
        }
        SortedMap<String, byte[]> bucket = world.everything();
        streams.forEach(stream -> stream.assertEveryEventOnce(bucket, "after request " + n));
        assertThat(bucket.keySet())
                .as("objects and states of streams, after request %s", n)
                .allMatch(key -> streams.stream().anyMatch(stream -> stream.has(key)));
        return died != null;
    }

    /** Makes a run of each stream until the process dies, and returns at whose; what the others have in the bucket stays. */
    private @Nullable TestStream runAll(World world, TestCollector collector, int n) {
        Map<String, String> before = etags(world);
        for (TestStream stream : streams) {
            RunReport report = collector.runOf(stream.name());
            boolean died = requests.get() > n;
            assertThat(report.outcome() == RunOutcome.DONE)
                    .as("done, after request %s: %s", n, report.line())
                    .isNotEqualTo(died);
            Map<String, String> after = etags(world);
            assertThat(without(stream, after))
                    .as("of the others, after a run of %s", stream)
                    .containsExactlyEntriesOf(without(stream, before));
            before = after;
            if (died) {
                return stream;
            }
        }
        return null;
    }

    /** Returns what tells the contents of the bucket's objects apart, by their keys. */
    private static Map<String, String> etags(World world) {
        return World.s3().client().listObjectsV2(list -> list.bucket(world.bucket)).contents().stream()
                .collect(Collectors.toMap(S3Object::key, S3Object::eTag));
    }

    private static Map<String, String> without(TestStream stream, Map<String, String> bucket) {
        Map<String, String> others = new TreeMap<>(bucket);
        others.keySet().removeIf(stream::has);
        return others;
    }

    private void cutOffAfter(int n, FaultProxy proxy) {
        proxy.plan(request -> requests.incrementAndGet() > n ? Fault.DROP_BEFORE : Fault.NONE);
    }

    /** Several pages, one event twice, one shown late, and one an hour later. */
    private void addEvents() {
        for (TestStream stream : streams) {
            Instant start = World.START;
            MadeUpEvents make = new MadeUpEvents(streams.indexOf(stream));
            stream.duo().clear();
            stream.duo()
                    .add(stream.spread(make, 3, start.minus(Duration.ofMinutes(50)), start.minus(HOUR.dividedBy(6))));
            stream.duo()
                    .add(stream.at(make, start.minus(Duration.ofMinutes(4)))
                            .visibleFrom(start.plus(Duration.ofMinutes(3))));
            stream.duo().add(stream.at(make, start.plus(Duration.ofMinutes(30))));
        }
    }
}
