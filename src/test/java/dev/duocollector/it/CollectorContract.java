// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import static dev.duocollector.simulator.Misbehavior.rateLimited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Nightly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a collector does wherever its routes run, by what lies in the bucket, what Duo was asked, and what it said. It asks of
 * a way to run it no more than that it makes a run when it starts, and then by the schedule. What fails at every single
 * request is {@code CrashRecoveryTest}'s matter; what only the runnable jar can, that of the tests beside this one.
 */
interface CollectorContract {

    /** For what takes some seconds on a machine with nothing else to do, the start of a program included. */
    Duration PATIENCE = Duration.ofSeconds(90);

    int PAGE_SIZE = 4;
    int EVENTS = 10;

    /** More than a request may take on after its first failure, so that the run does not wait for it. */
    Duration LONG = Duration.ofHours(1);

    /**
     * Starts a collector; the caller closes it. One that is started after another was killed finds whatever that one has left
     * on its disk.
     *
     * @param world has the settings, under their names in application.properties: they are all that it is told, but for
     *     {@link CollectorJar#credentials()}
     */
    RunningCollector start(World world);

    /** The account of the settings, and two of a folder: one has its secret key in its file, and one in a file of its own. */
    @Test
    default void everyEventOnce_ofTwoLogsOfThreeAccounts_withNothingSecretSaid(@TempDir Path accounts) {
        World collected = world().set("duo.logs", "telephony,authentication").set("duo.accounts", accounts.toString());
        Instant time = Instant.now().minus(Duration.ofMinutes(20));
        collected.authentication.add(new MadeUpEvents(6).authentication(time));
        List<FolderAccount> others = List.of(
                new FolderAccount(collected, "acme", 1).writeTo(accounts),
                new FolderAccount(collected, "globex", 2).writeWithKeyFileTo(accounts));
        try (World world = collected;
                RunningCollector collector = startMeasured(world)) {
            patiently().untilAsserted(() -> {
                assertEveryEventOnceBesideOthers(world);
                others.forEach(FolderAccount::assertEveryEventOnce);
            });
            awaitRuns(world, 2);

            assertEveryEventOnceBesideOthers(world);
            others.forEach(FolderAccount::assertEveryEventOnce);
            assertThat(world.everything().keySet())
                    .as("objects")
                    .allMatch(key -> key.matches(
                            "duo-(\\w+)(/((acme|globex)/)?\\1_[^/]+\\.ndjson|-state/api-[0-9]+[^/]+\\.json)"));
            assertThat(world.objects().keySet())
                    .filteredOn(key -> key.startsWith("duo-telephony/telephony_"))
                    .as("one object for each page")
                    .hasSize(3);
            assertThat(collector.output())
                    .contains(
                            "4 pages, 10 new events, 0 dropped by your steps, 10 stored in 3 objects, 0 seen before",
                            "acme/telephony: Window ",
                            "globex/authentication: Window ");
            assertThat(world.lines().get(0)).as("what the output must not hold").contains("\"phone\":\"+1202555");
            collector.assertNothingSecret();
        }
    }

    /** Each run ends after a page, and Duo refuses one request for a second, and one for longer than a run waits. */
    @Nightly
    @Test
    default void goesOnWhereItStopped_withABoundOnPages_andWhenDuoAllowsNoMoreRequests() {
        Duration wait = Duration.ofSeconds(1);
        try (World world = world().set("max.iterations", "1")) {
            world.duo.misbehave(2, 1, rateLimited(wait));
            world.duo.misbehave(4, 1, rateLimited(LONG));
            try (RunningCollector collector = start(world)) {
                awaitEveryEvent(world);

                assertThat(collector.output().lines().filter(line -> line.contains("Bound of max.iterations reached")))
                        .as("runs that ended before the window did")
                        .hasSizeGreaterThanOrEqualTo(2);
                List<RecordedRequest> requests = world.duo.requests();
                assertThat(Duration.between(
                                requests.get(1).at(), requests.get(2).at()))
                        .as("the wait that Duo asked for")
                        .isGreaterThanOrEqualTo(wait);
                assertThat(requests.get(4).query())
                        .as("the next run asks for the page that was refused")
                        .isEqualTo(requests.get(3).query())
                        .containsKey("next_offset");
                String maxtime = requests.get(0).query().get("maxtime");
                assertThat(requests.stream()
                                .filter(request -> request.status() == 200)
                                .filter(request ->
                                        request.query().get("maxtime").equals(maxtime))
                                .map(request -> request.query().getOrDefault("next_offset", "")))
                        .as("pages of the first window")
                        .hasSizeGreaterThanOrEqualTo(3)
                        .doesNotHaveDuplicates();
                assertThat(collector.output())
                        .contains("Asking again in", "retry 1")
                        .contains("Duo allows no more requests for now");
                assertEveryEventOnce(world);
                collector.assertNothingSecret();
            }
        }
    }

    @Nightly
    @Test
    default void everyEventOnce_killedAndStartedAgain() {
        try (World world = world()) {
            world.s3Proxy.plan(FaultPlan.every(1, CollectorContract::isData, Fault.HANG));
            killOnceHeldUp(world);
            assertThat(world.objects()).isEmpty();
            assertThat(world.state()).as("declared, and not there").contains("\"pending\":{");

            world.s3Proxy.plan(FaultPlan.none());
            try (RunningCollector collector = start(world)) {
                awaitEveryEvent(world);
                awaitRuns(world, 1);
                assertThat(collector.isAlive()).isTrue();
                assertEveryEventOnce(world);
                collector.assertNothingSecret();
            }
        }
    }

    /** Starts a collector, and notes in target/start-up how long it takes to its first request, which is for the state. */
    private RunningCollector startMeasured(World world) {
        Instant start = Instant.now();
        AtomicReference<Duration> taken = new AtomicReference<>();
        world.s3Proxy.onRequest(request -> taken.compareAndSet(null, Duration.between(start, Instant.now())));
        RunningCollector collector = start(world);
        patiently().until(() -> taken.get() != null);
        String way = getClass().getSimpleName().replace("ContractIT", "");
        try {
            Path folder = Files.createDirectories(Path.of("target", "start-up"));
            Files.writeString(
                    folder.resolve(way),
                    String.format(Locale.ROOT, "%.1f s%n", taken.get().toMillis() / 1000.0));
        } catch (IOException e) {
            collector.close();
            throw new UncheckedIOException(e);
        }
        return collector;
    }

    private void killOnceHeldUp(World world) {
        int before = faulted(world);
        try (RunningCollector victim = start(world)) {
            patiently().until(() -> faulted(world) > before);
            assertThat(victim.isAlive()).as("in the middle of a run").isTrue();
            victim.kill();
        }
    }

    private static int faulted(World world) {
        return world.s3Proxy.faulted().size() + world.duoProxy.faulted().size();
    }

    private static boolean isData(ProxiedRequest request) {
        return request.isWrite() && !World.isState(request);
    }

    /** An account with events, for a collector that makes a run each second. */
    private static World world() {
        World world = World.inRealTime()
                .set("duo.page.size", String.valueOf(PAGE_SIZE))
                .set("duo.schedule", "* * * * * ?")
                .set("duo.schedule-jitter", "0s");
        world.settings.remove("duo.schedule.auto-startup");
        Instant now = Instant.now();
        world.events.add(new MadeUpEvents(5)
                .spread(EVENTS, now.minus(Duration.ofMinutes(50)), now.minus(Duration.ofMinutes(5))));
        return world;
    }

    private static void awaitEveryEvent(World world) {
        patiently().until(() -> world.lines().size() >= EVENTS);
    }

    /** Waits until so many more runs of each stream have begun, each with a window of its own, and all but the last are over. */
    private static void awaitRuns(World world, int more) {
        long before = windows(world);
        patiently().until(() -> windows(world) > before + more);
    }

    private static long windows(World world) {
        return world.duo.requests().stream()
                .collect(Collectors.groupingBy(
                        request -> request.apiHost() + request.path(),
                        Collectors.mapping(request -> request.query().get("maxtime"), Collectors.toSet())))
                .values()
                .stream()
                .mapToInt(Set::size)
                .min()
                .orElse(0);
    }

    /** Of the account of the settings, in both logs, where others have their places inside its own. */
    private static void assertEveryEventOnceBesideOthers(World world) {
        Map.of("telephony", world.events, "authentication", world.authentication)
                .forEach((log, events) -> {
                    Map<String, byte[]> objects = new TreeMap<>(world.everything());
                    objects.keySet().removeIf(key -> !key.startsWith("duo-" + log + "/" + log + "_"));
                    assertThat(World.lines(objects))
                            .as(log)
                            .containsExactlyInAnyOrderElementsOf(World.stored(log, events.events()));
                });
    }

    private static void assertEveryEventOnce(World world) {
        List<SimulatedEvent> events = world.events.events();
        assertThat(events).hasSize(EVENTS);
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(events));
        assertThat(world.everything().keySet())
                .as("objects")
                .allMatch(key -> key.startsWith("duo-telephony/telephony_") || key.equals(World.STATE_KEY));
    }

    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }
}
