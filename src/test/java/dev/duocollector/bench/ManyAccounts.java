// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.SimulatedLog;
import dev.duocollector.testing.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What many accounts take: one collector in a JVM of little memory with a folder of accounts, in which each account makes a
 * run an hour with as many new events, all of them due at once. On its own:
 * {@code ./mvnw -Pbench -Dbench.main=dev.duocollector.bench.ManyAccounts}, some minutes long.
 */
public final class ManyAccounts {

    private static final int ACCOUNTS = Integer.getInteger("accounts", 1000);
    private static final int ROUNDS = 5;
    private static final int EVENTS = 60;
    private static final String HEAP = "256m";
    private static final Duration STEP = Duration.ofHours(1);
    private static final Duration ROUND_MAX = Duration.ofMinutes(10);

    private static final double CPU_MILLIS_MAX = 50;

    /** What the JVM's own caches may take from the second round to the last. */
    private static final long GROWTH_BYTES_MAX = 3_000_000;

    private static final String STATE_GET = "state GET";
    private static final String STATE_PUT = "state PUT";
    private static final String OBJECT_PUT = "object PUT";

    /** The most of each kind in a run with news, but in an account's first run. */
    private static final Map<String, Integer> REQUESTS_MAX = Map.of(STATE_GET, 1, STATE_PUT, 2, OBJECT_PUT, 1);

    private final Path folder;

    ManyAccounts(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) {
        try {
            System.exit(new ManyAccounts(Path.of("target", "bench", "many-accounts")).print() ? 0 : 1);
        } catch (IllegalStateException | UncheckedIOException e) {
            // The servers' threads would go on.
            Report.say("%n- MISSED: %s%n", e.getMessage());
            System.exit(1);
        }
    }

    /** What a round took, and what was left after it. */
    private record Measured(
            int accounts, ScheduledService.Round round, Heap heap, Map<String, Long> requests, double startSeconds) {

        double cpuMillis() {
            return round.cpuNanos() / 1e6 / accounts;
        }

        /** The requests of one run, on average. */
        double each(String kind) {
            return requests.getOrDefault(kind, 0L) / (double) accounts;
        }
    }

    /** Makes the rounds, prints what SIZING quotes, and returns whether every bound was kept. */
    boolean print() {
        List<Measured> one = measure(1, 2);
        List<Measured> many = measure(ACCOUNTS, ROUNDS);
        Report.say(
                "%nA service with -Xmx%s, %,d accounts with %d new events an hour each:%n%n"
                        + "| round | runs/s | CPU ms a run | heap after GC | threads | state GET | state PUT | object PUT | other S3 |%n"
                        + "|--:|--:|--:|--:|--:|--:|--:|--:|--:|%n",
                HEAP, ACCOUNTS, EVENTS);
        for (int i = 0; i < many.size(); i++) {
            row(i + 1, many.get(i));
        }
        Report.say("%nOne account beside it:%n%n");
        for (int i = 0; i < one.size(); i++) {
            row(i + 1, one.get(i));
        }
        Measured first = many.get(0);
        Measured second = many.get(1);
        Measured last = many.get(many.size() - 1);
        Report.say(
                "%n- %.1f s from the start of the JVM to the first request to Duo; %.1f s with one account%n"
                        + "- heap of an account: %.1f KB%n- requests beside these: %s in round 1, %s in the last%n",
                first.startSeconds(),
                one.get(0).startSeconds(),
                (second.heap().bytes() - one.get(1).heap().bytes()) / 1e3 / Math.max(1, ACCOUNTS - 1),
                first.requests(),
                last.requests());
        for (String logs : List.of("telephony", "telephony,authentication,activity")) {
            cost(logs);
        }
        double cpu =
                many.stream().skip(1).mapToDouble(Measured::cpuMillis).max().orElseThrow();
        long growth = last.heap().bytes() - second.heap().bytes();
        boolean requests = many.stream()
                .skip(1)
                .allMatch(round -> REQUESTS_MAX.entrySet().stream()
                        .allMatch(bound -> round.each(bound.getKey()) <= bound.getValue()));
        Report.say("%n");
        boolean isCheap =
                reached(cpu <= CPU_MILLIS_MAX, "at most %.0f ms CPU a run after the first: %.1f", CPU_MILLIS_MAX, cpu);
        boolean isFlat =
                reached(growth <= GROWTH_BYTES_MAX, "a flat heap, round 2 to %d: %+.1f MB", ROUNDS, growth / 1e6);
        boolean isFrugal =
                reached(requests, "1 state GET, 2 state PUTs and 1 object PUT a run with news, after the first");
        // Else it would not have come so far.
        Report.say("- reached: every run done, every event in the bucket once%n");
        return isCheap && isFlat && isFrugal;
    }

    private static boolean reached(boolean reached, String what, Object... values) {
        Report.say(
                "- %s: " + what + "%n",
                Stream.concat(Stream.of(reached ? "reached" : "MISSED"), Stream.of(values))
                        .toArray());
        return reached;
    }

    private static void row(int number, Measured round) {
        double others = round.requests().entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("Duo") && !REQUESTS_MAX.containsKey(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        Report.say(
                "| %d | %.1f | %.1f | %.1f MB | %d | %.2f | %.2f | %.2f | %.2f |%n",
                number,
                round.accounts() * 1e9 / round.round().nanos(),
                round.cpuMillis(),
                round.heap().bytes() / 1e6,
                round.round().threads(),
                round.each(STATE_GET),
                round.each(STATE_PUT),
                round.each(OBJECT_PUT),
                others / round.accounts());
    }

    private List<Measured> measure(int accounts, int rounds) {
        try (World world = World.inModelTime()) {
            // What the AWS SDK signs is dated by the machine's clock.
            world.advance(Duration.between(world.now(), Instant.now()));
            List<MemoryEventStore> stores = accounts(world, accounts);
            List<Measured> measured = new ArrayList<>();
            try (Child service = start(world, "telephony")) {
                for (int round = 1; round <= rounds; round++) {
                    measured.add(round(world, service, stores));
                }
                // What lay within the lag.
                world.advance(STEP);
                require(ScheduledService.Round.parse(service.ask(world.now().toString(), ROUND_MAX)), accounts);
            }
            requireEachOnce(world, stores);
            return measured;
        }
    }

    private static Measured round(World world, Child service, List<MemoryEventStore> stores) {
        Instant from = world.now();
        for (int i = 0; i < stores.size(); i++) {
            stores.get(i).add(new MadeUpEvents(from.hashCode() * 31L + i).spread(EVENTS, from, from.plus(STEP)));
        }
        world.advance(STEP);
        world.duoProxy.reset();
        world.s3Proxy.reset();
        AtomicLong firstRequest = new AtomicLong();
        world.duoProxy.onRequest(request -> firstRequest.compareAndSet(0, System.nanoTime()));
        long asked = System.nanoTime();
        ScheduledService.Round round =
                ScheduledService.Round.parse(service.ask(world.now().toString(), ROUND_MAX));
        require(round, stores.size());
        Map<String, Long> requests = Stream.concat(
                        world.duoProxy.requests().stream().map(request -> "Duo " + request.method()),
                        world.s3Proxy.requests().stream().map(ManyAccounts::kind))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        Heap heap = Heap.parse(service.ask(ScheduledService.HEAP, ROUND_MAX));
        return new Measured(stores.size(), round, heap, requests, (firstRequest.get() - asked) / 1e9);
    }

    private static String kind(ProxiedRequest request) {
        boolean state = request.path().contains("/duo-telephony-state/");
        boolean object = request.path().contains("/duo-telephony/");
        String refused = request.status() == 412 ? ", refused" : "";
        return (state ? "state " : object ? "object " : "bucket ") + request.method() + refused;
    }

    private static void require(ScheduledService.Round round, int accounts) {
        if (round.done() != accounts) {
            throw new IllegalStateException("Of " + accounts + " runs, " + round.done() + " were done");
        }
    }

    /** Runs that lost an event are not worth their figures. */
    private static void requireEachOnce(World world, List<MemoryEventStore> stores) {
        List<List<String>> found = new ArrayList<>();
        stores.forEach(store -> found.add(new ArrayList<>()));
        world.objects()
                .forEach((key, bytes) -> found.get(Integer.parseInt(key.split("/", -1)[1].substring(1)))
                        .addAll(new String(bytes, UTF_8)
                                .lines()
                                .map(ManyAccounts::id)
                                .toList()));
        for (int i = 0; i < stores.size(); i++) {
            List<String> expected = stores.get(i).events().stream()
                    .map(event -> event.id())
                    .sorted()
                    .toList();
            if (!found.get(i).stream().sorted().toList().equals(expected)) {
                throw new IllegalStateException("Of account " + i + "'s " + expected.size() + " events, the bucket has "
                        + found.get(i).size() + ", or others");
            }
        }
    }

    private static String id(String line) {
        return line.replaceFirst("^.*\"telephony_id\":\"([^\"]*)\".*$", "$1");
    }

    /** Makes accounts, at Duo and in the folder. */
    private List<MemoryEventStore> accounts(World world, int count) {
        List<MemoryEventStore> stores = new ArrayList<>();
        try {
            Path accounts = Files.createDirectories(folder.resolve("accounts.d"));
            try (Stream<Path> old = Files.list(accounts)) {
                for (Path file : old.toList()) {
                    Files.delete(file);
                }
            }
            for (int i = 0; i < count; i++) {
                MemoryEventStore events = new MemoryEventStore();
                String host = String.format("api-%08x.duosecurity.com", i + 1);
                String ikey = String.format("DI%018d", i);
                world.duo.addAccount(ikey, World.SKEY, host, logs -> logs.events(SimulatedLog.TELEPHONY, events));
                Files.writeString(
                        accounts.resolve("a" + i + ".properties"),
                        "duo.api.host=" + host + "\nduo.ikey=" + ikey + "\nduo.skey=" + World.SKEY + "\n");
                stores.add(events);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stores;
    }

    private void cost(String logs) {
        try (World world = World.inModelTime()) {
            accounts(world, ACCOUNTS);
            try (Child service = start(world, logs)) {
                ScheduledService.Cost cost = ScheduledService.Cost.parse(service.ask(ScheduledService.COST, ROUND_MAX));
                Report.say(
                        "- %,d streams of %,d accounts: the look at the folder takes %.0f ms; their triggers %.0f ms and %.1f KB each%n",
                        cost.streams(),
                        ACCOUNTS,
                        cost.refreshNanos() / 1e6,
                        cost.triggersNanos() / 1e6,
                        cost.triggersBytes() / 1e3 / cost.streams());
            }
        }
    }

    private Child start(World world, String logs) {
        // No account beside those of the folder.
        List.of("duo.api.host", "duo.ikey", "duo.skey").forEach(world.settings::remove);
        world.set("duo.logs", logs)
                .set("duo.lookback", "2h")
                .set("duo.schedule-jitter", "0s")
                // Only the rounds: Quartz goes by the machine's clock.
                .set("duo.schedule", "0 0 0 1 1 ? 2090")
                .set("observe.enabled", "true")
                .set("observe.port", String.valueOf(FreePort.find()));
        return Services.start(HEAP, folder, ScheduledService.class, world.settings);
    }
}
