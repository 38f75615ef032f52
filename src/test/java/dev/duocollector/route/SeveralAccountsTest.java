// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import com.sun.net.httpserver.HttpServer;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.check.Check;
import dev.duocollector.check.Preflight;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Selection;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.SimulatedAccount;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.simulator.SimulatedLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** Several accounts in one process: each event of each once, and none in another's way. */
class SeveralAccountsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private World world = new World();
    private Instant begin = World.START;
    private final Logs logs = Logs.capture();
    private final Map<String, Account> accounts = new TreeMap<>();

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    /** An account of the folder, and what Duo has of it. */
    private record Account(
            String name, String host, SimulatedAccount duo, MemoryEventStore telephony, MemoryEventStore activity) {}

    /** Adds an account with five events in each of two logs, and its file. */
    private Account add(String name, String... lines) {
        Account account = simulate(name);
        write(account, lines);
        return account;
    }

    private Account simulate(String name) {
        int number = accounts.size() + 1;
        String host = String.format("api-%08x.duosecurity.com", number);
        MadeUpEvents make = new MadeUpEvents(number);
        MemoryEventStore telephony = new MemoryEventStore();
        MemoryEventStore activity = new MemoryEventStore();
        for (int i = 0; i < 5; i++) {
            Instant time = begin.minus(Duration.ofMinutes(50 - 9 * i));
            telephony.add(List.of(make.at(time)));
            activity.add(List.of(make.activity(time)));
        }
        SimulatedAccount duo = world.duo.addAccount(
                ikey(number),
                skey(name),
                host,
                logs -> logs.events(SimulatedLog.TELEPHONY, telephony).events(SimulatedLog.ACTIVITY, activity));
        Account account = new Account(name, host, duo, telephony, activity);
        accounts.put(name, account);
        return account;
    }

    private static String ikey(int number) {
        return String.format("DI%018d", number);
    }

    private static String skey(String name) {
        return World.SKEY + "-" + name;
    }

    private void write(Account account, String... lines) {
        writeWithKey(account, skey(account.name()), lines);
    }

    private void writeWithKey(Account account, String skey, String... lines) {
        int number = Integer.parseInt(account.host().substring(4, 12), 16);
        writeFile(
                account.name(),
                "duo.api.host=" + account.host() + "\nduo.ikey=" + ikey(number) + "\nduo.skey=" + skey + "\n"
                        + String.join("\n", lines) + "\n");
    }

    private void writeFile(String name, String text) {
        try {
            Path file = folder.resolve(name + ".properties");
            Files.writeString(file, text);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void setUp(String... names) {
        world.set("duo.accounts", folder.toString()).set("duo.page.size", "2").set("duo.logs", "telephony,activity");
        for (String name : names) {
            add(name);
        }
    }

    private void withoutOwn() {
        List.of("duo.api.host", "duo.ikey", "duo.skey").forEach(world.settings::remove);
    }

    private void assertEveryEventOnce(Account account) {
        assertEveryEventOnce(account, "telephony", account.telephony());
        assertEveryEventOnce(account, "activity", account.activity());
    }

    private void assertEveryEventOnce(Account account, String log, MemoryEventStore events) {
        String folderOfAccount = "duo-" + log + "/" + account.name() + "/";
        Map<String, byte[]> objects = new TreeMap<>(world.everything());
        objects.keySet().removeIf(key -> !key.startsWith(folderOfAccount));
        assertThat(World.lines(objects))
                .as(folderOfAccount)
                .containsExactlyInAnyOrderElementsOf(World.stored(log, events.events()).stream()
                        .map(line -> line.replace(World.API_HOST, account.host()))
                        .toList());
    }

    private void assertNothingOf(Account account) {
        assertThat(world.everything().keySet())
                .as("objects of " + account.name())
                .noneMatch(key -> key.contains("/" + account.name() + "/"));
    }

    private String impatient() {
        try {
            return Files.readString(Path.of("routes", "schedule.camel.yaml"))
                    .replace("period: 60000", "period: 100")
                    .replace("delay: 60000", "delay: 100");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void whileCollecting(Runnable look) {
        try (TestCollector collector = startBySchedule()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            look.run();
        }
    }

    private TestCollector startBySchedule() {
        world.set("duo.schedule.auto-startup", "true").set("duo.schedule-jitter", "0s");
        return TestCollector.start(world.settings, world.clock, Map.of("schedule.camel.yaml", impatient()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void storesEachEventOnce_inPlacesOfItsAccount(boolean besideOwn) {
        setUp("acme", "globex");
        if (besideOwn) {
            world.events.add(new MadeUpEvents(77).at(World.START.minus(Duration.ofMinutes(30))));
        } else {
            withoutOwn();
        }
        for (int runs = 0; runs < 2; runs++) {
            try (TestCollector collector = world.start()) {
                List<String> names = Streams.of(collector.context()).all().stream()
                        .map(stream -> stream.name())
                        .toList();
                assertThat(names)
                        .hasSize(besideOwn ? 6 : 4)
                        .contains("acme/telephony", "acme/activity", "globex/telephony", "globex/activity");
                for (String name : names) {
                    RunReport report = collector.runOf(name);
                    assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
                    assertThat(report.line()).startsWith(name + ": Window ");
                }
            }
            accounts.values().forEach(this::assertEveryEventOnce);
            world.clock.advance(Duration.ofMinutes(30));
        }
        assertThat(world.everything().keySet())
                .filteredOn(key -> key.endsWith(".json"))
                .contains(
                        "duo-telephony-state/" + accounts.get("acme").host() + ".json",
                        "duo-activity-state/" + accounts.get("globex").host() + ".json");
        assertThat(world.everything().keySet())
                .filteredOn(key -> key.matches("duo-telephony/telephony_.*"))
                .hasSize(besideOwn ? 1 : 0);
        assertThat(logs.secrets()).as("secrets in the log").isEmpty();
    }

    /** A wrong key, a state that is refused, a Duo that hangs: the others are done in time, and each says what is wrong with it. */
    @Test
    void oneThatFails_stopsNoOther() {
        setUp("acme", "globex", "hooli", "initech");
        withoutOwn();
        writeWithKey(accounts.get("acme"), "wrong");
        String state = "duo-telephony-state/" + accounts.get("globex").host() + ".json";
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(state), RequestBody.fromString("{}"));
        String slow = accounts.get("hooli").host();
        world.duo.misbehave(request -> request.apiHost().equals(slow), Misbehavior.slowPage(Duration.ofSeconds(2)));
        world.set("duo.response-timeout", "1s").set("duo.retry.max-elapsed", "10m");

        whileCollecting(() -> {
            await().atMost(SOON).untilAsserted(() -> {
                assertEveryEventOnce(accounts.get("initech"));
                assertThat(logs.lines(Level.ERROR))
                        .anyMatch(line -> line.startsWith("acme/telephony: Duo refused the signature"))
                        .anyMatch(line -> line.startsWith("acme/activity: Duo refused the signature"))
                        .anyMatch(line -> line.startsWith("globex/telephony: ") && line.contains("state"));
                assertEveryEventOnce(
                        accounts.get("globex"),
                        "activity",
                        accounts.get("globex").activity());
            });
            assertNothingOf(accounts.get("acme"));
            assertNothingOf(accounts.get("hooli"));
        });
        world.duo.takeRefusals(refusal -> refusal.code() == 40103);
    }

    /** A file is added, changed, broken, mended and removed while the collector runs. */
    @Test
    void folder_isFollowed_whileItRuns() throws Exception {
        setUp("acme");
        withoutOwn();
        world.set("duo.schedule", "* * * * * ?");
        Account globex = simulate("globex");
        try (TestCollector collector = startBySchedule()) {
            assertThat(collector.context().getRoutes()).isNotEmpty();
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(accounts.get("acme")));
            assertNothingOf(globex);

            write(globex);
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(globex));
            assertThat(logs.lines(Level.INFO))
                    .anyMatch(line -> line.startsWith("globex/telephony is collected into s3://"));

            write(globex, "duo.lookback=soon");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(logs.lines(Level.ERROR))
                            .singleElement()
                            .asString()
                            .contains("globex.properties: Setting duo.lookback is 'soon'")
                            .endsWith("collected with its settings of before."));
            addLater(globex);
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(globex));

            write(globex, "s3.prefix.telephony=moved/to");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(logs.lines(Level.INFO))
                            .anyMatch(line -> line.startsWith("globex/telephony is collected with changed settings")));
            SimulatedEvent later = addLater(globex).get(0);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(World.lines(under("moved/to/")))
                            .containsExactlyElementsOf(World.stored("telephony", List.of(later)).stream()
                                    .map(line -> line.replace(World.API_HOST, globex.host()))
                                    .toList()));

            Files.delete(folder.resolve("globex.properties"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(logs.lines(Level.WARN))
                            .anyMatch(line -> line.startsWith("globex/telephony is no longer collected"))
                            .anyMatch(line -> line.startsWith("globex/activity is no longer collected")));
            int objects = world.everything().size();
            addLater(globex);
            addLater(accounts.get("acme"));
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(accounts.get("acme")));
            assertThat(world.everything()).as("two objects of acme only").hasSize(objects + 2);
        }
    }

    private static long turnsWaiting() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .filter(frame -> frame.getClassName().endsWith(".Turn")
                        && frame.getMethodName().equals("begin"))
                .count();
    }

    private List<SimulatedEvent> addLater(Account account) {
        Instant time = world.now().plus(Duration.ofMinutes(5));
        MadeUpEvents make = new MadeUpEvents(
                account.telephony().events().size() * 31L + account.host().hashCode());
        List<SimulatedEvent> made = List.of(make.at(time), make.activity(time));
        account.telephony().add(made.subList(0, 1));
        account.activity().add(made.subList(1, 2));
        world.advance(Duration.ofMinutes(20));
        return made;
    }

    private Map<String, byte[]> under(String prefix) {
        Map<String, byte[]> objects = new TreeMap<>(world.everything());
        objects.keySet().removeIf(key -> !key.startsWith(prefix));
        return objects;
    }

    @Test
    void eachAccount_mayHaveABucketOfItsOwn() {
        setUp("acme");
        World.s3().createBucket(world.bucket + "-globex");
        add("globex", "s3.bucket=" + world.bucket + "-globex", "udm.prefix=duo-{log}-udm");
        withoutOwn();
        for (int runs = 0; runs < 2; runs++) {
            try (TestCollector collector = world.start()) {
                for (String name : List.of("acme/telephony", "globex/telephony")) {
                    RunReport report = collector.runOf(name);
                    assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
                }
            }
            Map<String, byte[]> others = World.s3().objects(world.bucket + "-globex", "");
            assertThat(others.keySet())
                    .filteredOn(key -> key.startsWith("duo-telephony/globex/telephony_"))
                    .hasSize(3);
            assertThat(others.keySet())
                    .filteredOn(key -> key.startsWith("duo-telephony-udm/telephony_"))
                    .hasSize(3);
            assertThat(others)
                    .containsKey("duo-telephony-state/" + accounts.get("globex").host() + ".json");
            assertEveryEventOnce(
                    accounts.get("acme"), "telephony", accounts.get("acme").telephony());
            assertNothingOf(accounts.get("globex"));
        }
    }

    /** Streams that wait for Duo's pace, more of them than there are workers, hold up no other. */
    @Test
    void streamsThatWait_holdUpNoOther() {
        setUp();
        withoutOwn();
        world.set("duo.logs", "telephony").set("duo.page.pause", "1h");
        for (int i = 0; i < 100; i++) {
            add("waits-" + i);
        }
        whileCollecting(() -> {
            await().atMost(SOON.multipliedBy(2))
                    .untilAsserted(() -> assertThat(world.everything().keySet())
                            .filteredOn(key -> key.matches("duo-telephony/waits-\\d+/telephony_.*"))
                            .hasSizeGreaterThanOrEqualTo(64));
            Account last = add("zenith", "duo.page.pause=0s", "duo.logs=telephony", "duo.schedule=* * * * * ?");
            await().atMost(SOON.multipliedBy(2))
                    .untilAsserted(() -> assertEveryEventOnce(last, "telephony", last.telephony()));
        });
    }

    /** A run goes on for hours, and its account is renamed meanwhile: the new name waits for it. */
    @Test
    void streamOfTheSameState_underAnotherName_waitsForTheRunBefore() {
        setUp();
        withoutOwn();
        world.set("duo.logs", "telephony").set("duo.page.pause", "1h").set("duo.schedule", "* * * * * ?");
        Account acme = add("acme");
        whileCollecting(() -> {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(World.lines(under("duo-telephony/acme/")))
                            .hasSize(2));
            writeWithKey(
                    new Account("acme-2", acme.host(), acme.duo(), acme.telephony(), acme.activity()), skey("acme"));
            assertThat(folder.resolve("acme.properties").toFile().delete()).isTrue();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(logs.lines(Level.INFO))
                            .anyMatch(line -> line.startsWith("acme-2/telephony is collected")));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(turnsWaiting())
                            .as("threads that wait for their turn")
                            .isPositive());
        });
        assertThat(under("duo-telephony/acme-2/")).isEmpty();
        assertThat(logs.lines(Level.ERROR)).isEmpty();
    }

    @Test
    void once_readsAllAccounts_orTheOneThatIsNamed_andExitsWithTheWorst() {
        world.close();
        world = World.inRealTime();
        begin = Instant.now();
        setUp("acme", "globex");
        withoutOwn();
        assertThat(application(new Selection(Optional.of("globex"), Optional.empty()))
                        .runOnce())
                .isZero();
        assertEveryEventOnce(accounts.get("globex"));
        assertNothingOf(accounts.get("acme"));

        writeFile("initech", "duo.api.host=api-nowhere.duosecurity.com\n");
        assertThat(application(Selection.ALL).runOnce()).as("a wrong file").isEqualTo(2);
        accounts.values().forEach(this::assertEveryEventOnce);
        assertThat(logs.lines(Level.ERROR)).allMatch(line -> line.contains("initech.properties: Setting duo."));

        for (File file : folder.toFile().listFiles()) {
            assertThat(file.delete()).isTrue();
        }
        logs.clear();
        assertThat(application(Selection.ALL).runOnce()).as("no account").isEqualTo(2);
        assertThat(logs.lines(Level.ERROR)).anyMatch(line -> line.startsWith("Nothing was read: no account is right"));
        assertThat(application(Selection.ALL).dryRun(System.out, false))
                .as("no account")
                .isEqualTo(2);
        StateConsole.Result status = new StateConsole(world.settings, world.clock).status("--max-lag", "180d");
        assertThat(status.exitCode()).isEqualTo(2);
        assertThat(status.err()).contains("No account is configured.");
    }

    /** What is wrong with one customer's file is not in the way of what is done for another. */
    @Test
    void once_ofOneAccount_isAboutNoOther() {
        world.close();
        world = World.inRealTime();
        begin = Instant.now();
        setUp("acme", "globex");
        withoutOwn();
        writeFile("initech", "duo.api.host=api-nowhere.duosecurity.com\n");

        assertThat(application(of("globex")).runOnce()).isZero();
        assertEveryEventOnce(accounts.get("globex"));
        assertThat(logs.lines(Level.ERROR)).isEmpty();

        assertThat(application(of("initech")).runOnce()).isEqualTo(2);
        assertThat(logs.lines(Level.ERROR))
                .hasSize(2)
                .allMatch(line -> line.contains("initech.properties: Setting duo."));

        logs.clear();
        assertThat(application(of("nobody")).runOnce()).isEqualTo(2);
        assertThat(logs.lines(Level.ERROR)).containsExactly("There is no account 'nobody'. There are acme, globex.");
    }

    private static Selection of(String account) {
        return new Selection(Optional.of(account), Optional.empty());
    }

    private CamelApplication application(Selection selection) {
        return CamelApplication.withoutSchedule(Map.of(), world.settings).of(selection);
    }

    @Test
    void once_pushesTheFiguresOfEachAccount_underTheNameOfTheirBucket() throws Exception {
        world.close();
        world = World.inRealTime();
        begin = Instant.now();
        setUp("acme");
        withoutOwn();
        List<String> pushed = new CopyOnWriteArrayList<>();
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", exchange -> {
            pushed.add(exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        gateway.start();
        try {
            world.set("metrics.push", "http://127.0.0.1:" + gateway.getAddress().getPort());
            assertThat(application(new Selection(Optional.empty(), Optional.of(DuoLog.ACTIVITY)))
                            .runOnce())
                    .isZero();
        } finally {
            gateway.stop(0);
        }
        assertThat(pushed)
                .singleElement()
                .asString()
                .startsWith("/metrics/job/duo-telephony/instance/" + world.bucket + " ")
                .contains("duo_telephony_events_written_total{account=\"acme\",log=\"activity\"} 5.0")
                .doesNotContain("log=\"telephony\"");
    }

    @Test
    void check_looksAtEachAccount_withItsOwnKeys() {
        world.close();
        world = World.inRealTime();
        begin = Instant.now();
        setUp("acme", "globex");
        withoutOwn();
        writeWithKey(accounts.get("globex"), "wrong");
        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();

        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .extracting(Check::name)
                .containsExactlyInAnyOrder("duo-credentials-globex/telephony", "duo-credentials-globex/activity");
        assertThat(checks)
                .extracting(Check::name)
                .contains("accounts", "duo-read-log-acme/activity", "state-acme/telephony");
        world.duo.takeRefusals(refusal -> refusal.code() == 40103);

        writeFile("initech", "duo.api.host=api-nowhere.duosecurity.com\n");
        checks.clear();
        new Preflight(Map.of(), world.settings, new Selection(Optional.of("initech"), Optional.empty()), checks::add)
                .run();
        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .extracting(Check::detail)
                .allMatch(line -> line.contains("initech.properties: Setting duo."))
                .hasSize(2);
        checks.clear();
        new Preflight(Map.of(), world.settings, new Selection(Optional.of("acme"), Optional.empty()), checks::add)
                .run();
        assertThat(checks)
                .as("another account's file")
                .filteredOn(check -> check.outcome().isFailure())
                .isEmpty();
        assertThat(checks)
                .extracting(Check::name)
                .contains("state-acme/telephony")
                .doesNotContain("state-globex/telephony");
    }

    @Test
    void statusAndState_areOfEachAccount() {
        setUp("acme", "globex");
        withoutOwn();
        try (TestCollector collector = world.start()) {
            collector.runOf("acme/telephony");
        }
        StateConsole console = new StateConsole(world.settings, world.clock);

        StateConsole.Result status = console.status();
        assertThat(status.exitCode()).isZero();
        assertThat(status.out().lines())
                .satisfiesExactly(
                        row -> assertThat(row).startsWith("LOG "),
                        row -> assertThat(row).matches("acme/telephony +2026-11-23T07:57:50Z .*"),
                        row -> assertThat(row).matches("acme/activity +- +- +no run has stored anything yet"),
                        row -> assertThat(row).startsWith("globex/telephony "),
                        row -> assertThat(row).startsWith("globex/activity "));
        assertThat(console.status("--json", "--account", "acme", "--log", "telephony")
                        .out())
                .contains("\"account\":\"" + accounts.get("acme").host() + "\",\"log\":\"telephony\",\"name\":\"acme\"")
                .doesNotContain("globex");

        StateConsole.Result several = console.state("set-through", "now-1h", "--yes");
        assertThat(several.exitCode()).isEqualTo(2);
        assertThat(several.err()).contains("Add --account and --log: there are acme/telephony, acme/activity,");
        assertThat(console.state("show", "--account", "nobody").err()).contains("There is no account 'nobody'");
        assertThat(console.state("set-through", "--account", "acme", "--log", "telephony", "now-1h", "--yes")
                        .exitCode())
                .isZero();

        writeFile("initech", "duo.api.host=api-nowhere.duosecurity.com\nduo.lag=soon\n");
        StateConsole.Result wrong = console.status();
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("initech.properties: Setting duo.lag is 'soon'");
        assertThat(wrong.out()).contains("acme/telephony");
    }

    @Test
    void stateThatCannotBeRead_hidesNoOther() {
        setUp();
        withoutOwn();
        world.set("duo.logs", "telephony");
        add("acme");
        add("globex", "s3.bucket=no-such-bucket");
        add("initech");
        StateConsole console = new StateConsole(world.settings, world.clock);

        StateConsole.Result status = console.status();
        assertThat(status.exitCode()).isEqualTo(2);
        assertThat(status.out().lines())
                .satisfiesExactly(
                        row -> assertThat(row).startsWith("LOG "),
                        row -> assertThat(row).matches("acme/telephony .*no run has stored anything yet"),
                        row -> assertThat(row).matches("globex/telephony .*the state cannot be read"),
                        row -> assertThat(row).matches("initech/telephony .*no run has stored anything yet"));
        assertThat(status.err()).startsWith("globex/telephony: ").contains("no-such-bucket");
        assertThat(console.status("--json").out()).contains("\"name\":\"initech\"", "\"exitCode\":2");

        StateConsole.Result shown = console.state("show");
        assertThat(shown.exitCode()).isEqualTo(2);
        assertThat(shown.out()).contains("acme/telephony", "initech/telephony").doesNotContain("globex");
        assertThat(shown.err()).startsWith("globex/telephony: ").contains("no-such-bucket");
        assertThat(console.state("show", "--json").out()).contains("\"refused\":\"", "\"exitCode\":2");
    }

    /** After a restart only what has missed a time of its schedule, or has never run, is read at once. */
    @Test
    void start_readsOnlyWhatIsLate() {
        setUp();
        withoutOwn();
        world.set("duo.logs", "telephony").set("duo.schedule", "0 0 * * * ?");
        Account acme = add("acme", "duo.schedule=0 0 12 * * ?");
        Account globex = add("globex", "duo.schedule=0 10 * * * ?");
        try (TestCollector collector = world.start()) {
            collector.runOf("acme/telephony");
            collector.runOf("globex/telephony");
        }
        addLater(acme);
        SimulatedEvent late = addLater(globex).get(0);
        assertThat(late).isNotNull();
        Account initech = add("initech", "duo.lookback=1d");

        whileCollecting(() -> {
            await().atMost(SOON).untilAsserted(() -> {
                assertEveryEventOnce(globex, "telephony", globex.telephony());
                assertEveryEventOnce(initech, "telephony", initech.telephony());
            });
            assertThat(World.lines(under("duo-telephony/acme/")))
                    .as("waits for noon")
                    .hasSize(5);
        });
    }

    @Test
    void figures_haveTheAccount() {
        setUp("acme", "globex");
        withoutOwn();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (TestCollector collector = TestCollector.start(world.settings, world.clock, registry)) {
            collector.runOf("acme/telephony");
            assertThat(registry.get("duo.telephony.events.written")
                            .tag("account", "acme")
                            .tag("log", "telephony")
                            .counter()
                            .count())
                    .isEqualTo(5);
            assertThat(registry.get("duo.telephony.events.written")
                            .tag("account", "globex")
                            .tag("log", "telephony")
                            .counter()
                            .count())
                    .isZero();
            assertThat(registry.get("duo.telephony.streams").gauge().value()).isEqualTo(4);
            assertThat(registry.get("duo.telephony.settings.problems").gauge().value())
                    .isZero();
        }
    }
}
