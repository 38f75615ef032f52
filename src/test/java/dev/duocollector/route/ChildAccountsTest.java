// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.duocollector.app.CamelApplication;
import dev.duocollector.check.Check;
import dev.duocollector.check.Preflight;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.run.RunReport;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.Selection;
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.simulator.MemoryEventStore;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.RecordedRequest;
import dev.duocollector.simulator.SimulatedAccount;
import dev.duocollector.simulator.SimulatedLog;
import dev.duocollector.simulator.SimulatedParent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** The accounts below a parent: found by Duo's list, read with the parent's keys, and not lost by a list that lies. */
class ChildAccountsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String PARENT_HOST = "api-ffffffff.duosecurity.com";
    private static final String PARENT_IKEY = "DIPARENT000000000000";
    private static final String PARENT_SKEY = World.SKEY + "-parent";
    private static final String NOTE = "duo-telephony-state/" + PARENT_HOST + "_children.json";
    private static final String ONE = "DA0000000000000000ON";
    private static final String TWO = "DA0000000000000000TW";

    @TempDir
    private Path folder;

    private World world = new World();
    private Instant begin = World.START;
    private final Logs logs = Logs.capture();
    private SimulatedParent parent;
    private final Map<String, Below> children = new TreeMap<>();

    @BeforeEach
    void setUp() {
        parent = world.duo.addParent(PARENT_IKEY, PARENT_SKEY, PARENT_HOST);
        world.set("duo.accounts", folder.toString())
                .set("duo.page.size", "2")
                .set("duo.logs", "telephony,activity")
                .set("duo.lookback", "3h");
        List.of("duo.api.host", "duo.ikey", "duo.skey").forEach(world.settings::remove);
        writeParent();
    }

    private void inRealTime() {
        world.close();
        world = World.inRealTime();
        begin = Instant.now();
        setUp();
    }

    @AfterEach
    void close() {
        logs.close();
        world.close();
    }

    /** An account below the parent, and what Duo has of it. */
    private record Below(String id, String host, MemoryEventStore telephony, MemoryEventStore activity) {

        String name() {
            return "msp-" + id.toLowerCase(Locale.ROOT);
        }
    }

    private void writeParent(String... lines) {
        write(
                "msp",
                "duo.api.host=" + PARENT_HOST + "\nduo.ikey=" + PARENT_IKEY + "\nduo.skey=" + PARENT_SKEY
                        + "\nduo.children=all\n" + String.join("\n", lines) + "\n");
    }

    private void write(String name, String text) {
        try {
            Path file = folder.resolve(name + ".properties");
            Files.writeString(file, text);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Below add(String id) {
        return add(id, logs -> {});
    }

    /** Adds an account with five events in each of two logs below the parent. */
    private Below add(String id, Consumer<SimulatedAccount.Builder> more) {
        int number = children.size() + 1;
        MadeUpEvents make = new MadeUpEvents(number);
        Below child = new Below(
                id, String.format("api-%08x.duosecurity.com", number), new MemoryEventStore(), new MemoryEventStore());
        for (int i = 0; i < 5; i++) {
            Instant time = begin.minus(Duration.ofMinutes(50 - 9 * i));
            child.telephony().add(List.of(make.at(time)));
            child.activity().add(List.of(make.activity(time)));
        }
        children.put(id, child);
        list(child, more);
        return child;
    }

    private void list(Below child, Consumer<SimulatedAccount.Builder> more) {
        parent.addChild(child.id(), child.host(), "Customer " + child.id(), logs -> {
            logs.events(SimulatedLog.TELEPHONY, child.telephony()).events(SimulatedLog.ACTIVITY, child.activity());
            more.accept(logs);
        });
    }

    private void assertEveryEventOnce(Below child) {
        assertEveryEventOnce(child, "telephony", child.telephony());
        assertEveryEventOnce(child, "activity", child.activity());
    }

    private void assertEveryEventOnce(Below child, String log, MemoryEventStore events) {
        assertThat(World.lines(under("duo-" + log + "/" + child.name() + "/")))
                .as("%s of %s", log, child.id())
                .containsExactlyInAnyOrderElementsOf(World.stored(log, events.events()).stream()
                        .map(line -> line.replace(World.API_HOST, child.host()))
                        .toList());
    }

    private Map<String, byte[]> under(String prefix) {
        Map<String, byte[]> objects = new TreeMap<>(world.everything());
        objects.keySet().removeIf(key -> !key.startsWith(prefix));
        return objects;
    }

    private String text(String key) {
        return new String(world.everything().get(key), UTF_8);
    }

    private List<String> names(TestCollector collector) {
        return Streams.of(collector.context()).all().stream().map(Stream::name).toList();
    }

    private static Streams listed(TestCollector collector) {
        Streams streams = Streams.of(collector.context());
        streams.withChildren(collector.context(), true);
        return streams;
    }

    private void runAll(TestCollector collector) {
        for (String name : names(collector)) {
            RunReport report = collector.runOf(name);
            assertThat(report.outcome()).as(report.line()).isEqualTo(RunOutcome.DONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v5", "v2"})
    void eachChild_isReadWithTheParentsKeys_andKnownByItsAccountId(String signature) {
        add(ONE);
        add(TWO);
        world.set("duo.signature", signature);
        for (int runs = 0; runs < 2; runs++) {
            try (TestCollector collector = world.start()) {
                listed(collector);
                assertThat(names(collector))
                        .containsExactly(
                                "msp-da0000000000000000on/telephony",
                                "msp-da0000000000000000on/activity",
                                "msp-da0000000000000000tw/telephony",
                                "msp-da0000000000000000tw/activity");
                runAll(collector);
            }
            children.values().forEach(this::assertEveryEventOnce);
            world.clock.advance(Duration.ofMinutes(30));
        }
        assertThat(world.everything().keySet())
                .contains("duo-telephony-state/" + ONE + ".json", "duo-activity-state/" + TWO + ".json", NOTE);
        assertThat(text("duo-activity-state/" + TWO + ".json")).contains("\"owner\":\"" + TWO + "/activity\"");
        assertThat(logs.lines(Level.ERROR)).isEmpty();
        assertThat(logs.secrets()).as("secrets in the log").isEmpty();
    }

    /** Duo reaches no account of another deployment with the parent's keys: that one says so, and gets keys of its own. */
    @Test
    void childOfAnotherDeployment_isItsOwnErrorOnly_untilItHasAFile() {
        Below near = add(ONE);
        Below far = add(TWO, SimulatedAccount.Builder::crossDeployment);
        try (TestCollector collector = world.start()) {
            listed(collector);
            assertThat(collector.runOf(near.name() + "/telephony").outcome()).isEqualTo(RunOutcome.DONE);
            RunReport refused = collector.runOf(far.name() + "/telephony");
            assertThat(refused.outcome()).isEqualTo(RunOutcome.OPERATOR);
            assertThat(refused.line())
                    .startsWith(far.name() + "/telephony: Duo has this account in another deployment")
                    .contains("Make an Admin API application in the account itself");
        }
        world.duo.takeRefusals(refusal -> refusal.apiHost().equals(far.host()));
        world.duo.addAccount(
                "DIFAR000000000000000",
                World.SKEY + "-far",
                far.host(),
                logs -> logs.events(SimulatedLog.TELEPHONY, far.telephony())
                        .events(SimulatedLog.ACTIVITY, far.activity()));
        write(
                "far",
                "duo.api.host=" + far.host() + "\nduo.ikey=DIFAR000000000000000\nduo.skey=" + World.SKEY + "-far\n");
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            assertThat(names(collector))
                    .containsExactly(
                            "far/telephony", "far/activity", near.name() + "/telephony", near.name() + "/activity");
            assertThat(streams.problems()).isEmpty();
            runAll(collector);
        }
        assertEveryEventOnce(near);
        assertThat(World.lines(under("duo-telephony/far/"))).hasSize(5);
    }

    /** What Duo no longer lists is tried for 7 days, also after a restart; what is listed again was never gone. */
    @Test
    void childThatVanishes_isTriedForSevenDays_acrossRestarts() {
        add(ONE);
        Below gone = add(TWO);
        List<String> all;
        try (TestCollector collector = world.start()) {
            listed(collector);
            all = names(collector);
            parent.removeChild(TWO);
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            assertThat(names(collector)).isEqualTo(all);
            assertThat(logs.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .isEqualTo("msp: Duo no longer lists the account " + TWO + " below this parent. It is tried until"
                            + " 2026-11-30T08:16:00Z, and not collected from then on.");
        }
        logs.clear();
        world.clock.advance(Duration.ofDays(3));
        try (TestCollector collector = world.start()) {
            listed(collector);
            assertThat(names(collector)).isEqualTo(all);
            assertThat(logs.lines(Level.WARN)).as("said once").isEmpty();
            assertThat(new StateConsole(world.settings, world.clock).status().out())
                    .contains(gone.name() + "/telephony");
            list(gone, logs -> {});
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            assertThat(logs.lines(Level.INFO)).contains("msp: Duo lists the account " + TWO + " again.");
            parent.removeChild(TWO);
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            world.clock.advance(Duration.ofDays(7).minusMinutes(1));
            listed(collector);
            assertThat(names(collector)).as("a minute before").isEqualTo(all);
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            assertThat(names(collector))
                    .as("after 7 days")
                    .allMatch(name -> name.startsWith("msp-da0000000000000000on/"));
        }
        assertThat(text(NOTE)).contains(ONE).doesNotContain(TWO);
    }

    /** The bucket alone knows of one that Duo no longer lists: a note that cannot be read for a while forgets it not. */
    @Test
    void childThatVanished_isTried_afterTheBucketFailedAtTheStart() {
        add(ONE);
        add(TWO);
        List<String> all;
        try (TestCollector collector = world.start()) {
            listed(collector);
            all = names(collector);
            parent.removeChild(TWO);
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
        }
        String note = text(NOTE);
        assertThat(note).contains(TWO);
        world.s3Proxy.plan(FaultPlan.every(1, request -> request.path().endsWith("_children.json"), Fault.ANSWER_403));
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            assertThat(streams.problems()).singleElement().asString().contains("s3:GetObject");
            assertThat(names(collector)).as("by Duo's list alone").hasSize(2);
            world.s3Proxy.plan(FaultPlan.none());
            listed(collector);
            assertThat(streams.problems()).isEmpty();
            assertThat(names(collector)).isEqualTo(all);
        }
        assertThat(text(NOTE)).isEqualTo(note);
    }

    /** Noted by a clock that was wrong, or by somebody else. */
    @ParameterizedTest
    @ValueSource(strings = {"2062-01-01T00:00:00Z", "+1000000000-12-31T23:59:59.999999999Z"})
    void childMissingSinceATimeToCome_isTriedForSevenDaysFromNow(String since) {
        Below one = add(ONE);
        add(TWO);
        parent.removeChild(TWO);
        String note = "{\"version\":1,\"parent\":\"" + PARENT_HOST + "\",\"accounts\":[{\"account_id\":\"" + TWO
                + "\",\"api_hostname\":\"api-0000000b.duosecurity.com\",\"missingSince\":\"" + since + "\"}]}";
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(NOTE), RequestBody.fromString(note));
        try (TestCollector collector = world.start()) {
            listed(collector);
            assertThat(names(collector)).hasSize(4);
            world.clock.advance(Duration.ofDays(7).plusMinutes(1));
            listed(collector);
            assertThat(names(collector)).containsExactly(one.name() + "/telephony", one.name() + "/activity");
        }
    }

    /** It lies beside the state of the first log, whichever that is by now. */
    @ParameterizedTest
    @ValueSource(strings = {"telephony,activity", "activity,telephony"})
    void listOfBefore_isFound_whateverTheOrderOfTheLogs(String order) {
        add(ONE);
        try (TestCollector collector = world.start()) {
            listed(collector);
        }
        assertThat(world.everything()).containsKey(NOTE);
        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.serverError(500));
        world.set("duo.logs", order);

        try (TestCollector collector = world.start()) {
            listed(collector);

            assertThat(names(collector)).hasSize(2);
        }
    }

    static java.util.stream.Stream<Arguments> lists() {
        return java.util.stream.Stream.of(
                Arguments.of("server error", Misbehavior.serverError(500), "Duo keeps failing"),
                Arguments.of("rate limit", Misbehavior.rateLimited(), "Duo allows no more requests for now"),
                Arguments.of(
                        "not an Accounts API application", Misbehavior.forbidden(), "not let this application list"),
                Arguments.of("signature", Misbehavior.unauthorized(), "come from the same Accounts API application"),
                Arguments.of("FAIL with 200", Misbehavior.statFail(40002, "Invalid", "x"), "Duo refused the request"),
                Arguments.of(
                        "page of a proxy",
                        Misbehavior.notJson(),
                        "is not a list of accounts: it is cut short or is not JSON"),
                Arguments.of("no array", Misbehavior.otherResponse("{}"), "response is not an array"),
                Arguments.of("nothing", Misbehavior.otherResponse("null"), "response is not an array"),
                Arguments.of("text", Misbehavior.otherResponse("\"DA\""), "response is not an array"),
                Arguments.of("cut", Misbehavior.cutBody(), "No usable answer"),
                Arguments.of("dropped", Misbehavior.droppedConnection(), "No usable answer"),
                Arguments.of("redirection", Misbehavior.redirect(URI.create("/")), "redirection"));
    }

    /** A list that cannot be had changes nothing; it is an ERROR once the accounts are not known, or not for an hour. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("lists")
    void listThatFails_changesNothing(String what, Misbehavior misbehavior, String line) {
        add(ONE);
        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), misbehavior);
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            assertThat(names(collector)).isEmpty();
            assertThat(streams.problems()).singleElement().asString().contains("The accounts below msp", line);
            assertThat(streams.exitCode()).isPositive();

            world.duo.behave();
            listed(collector);
            assertThat(names(collector)).hasSize(2);
            assertThat(streams.problems()).isEmpty();
            assertThat(streams.exitCode()).isZero();
        }
        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), misbehavior);
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            assertThat(names(collector)).as("known from the bucket").hasSize(2);
            assertThat(streams.problems())
                    .singleElement()
                    .asString()
                    .endsWith("Those that are known are collected as before.");
            runAll(collector);
        }
        world.duo.behave();
        assertEveryEventOnce(children.get(ONE));
        assertThat(logs.secrets()).as("secrets in the log").isEmpty();
    }

    @Test
    void listThatFailsForAWhile_isAWarning_untilAnHourHasPassed() {
        add(ONE);
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            world.duo.misbehave(
                    request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.serverError(503));
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            assertThat(streams.problems()).isEmpty();
            assertThat(logs.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("were not listed: Duo keeps failing");
            world.clock.advance(Duration.ofMinutes(45));
            listed(collector);
            assertThat(streams.problems()).hasSize(1);
            assertThat(logs.lines(Level.ERROR)).hasSize(1);
        }
    }

    /** An element of the list that is no account is told of; the others are collected, and none counts as gone. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no id        | {"api_hostname":"api-0000000c.duosecurity.com","name":"x"}                                         | account_id is not
            id of slashes| {"account_id":"../../x","api_hostname":"api-0000000c.duosecurity.com"}                             | account_id is not
            long id      | {"account_id":"DA0000000000000000000000000000000000000000","api_hostname":"api-0000000c.duosecurity.com"} | account_id is not
            no host      | {"account_id":"DA0000000000000000XX","name":"x"}                                                   | api_hostname is not
            another host | {"account_id":"DA0000000000000000XX","api_hostname":"api-0000000c.example.com"}                    | api_hostname is not
            URL          | {"account_id":"DA0000000000000000XX","api_hostname":"https://api-0000000c.duosecurity.com"}        | api_hostname is not
            number       | {"account_id":"DA0000000000000000XX","api_hostname":7}                                             | api_hostname is not
            text         | "DA0000000000000000XX"                                                                             | account_id is not
            null         | null                                                                                               | account_id is not
            twice        | {"account_id":"DA0000000000000000ON","api_hostname":"api-0000000c.duosecurity.com"}                | account_id was there before
            """)
    void elementThatIsNoAccount_isToldOf_andSpoilsNoOther(String what, String element, String flaw) {
        Below one = add(ONE);
        Below two = add(TWO);
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            world.duo.misbehave(
                    request -> request.path().equals(SimulatedParent.LIST_PATH),
                    Misbehavior.otherResponse("[{\"account_id\":\"" + ONE + "\",\"api_hostname\":\"" + one.host()
                            + "\"}," + element + "]"));
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            assertThat(streams.problems())
                    .singleElement()
                    .asString()
                    .startsWith("msp: account 2 of Duo's list: " + flaw)
                    .endsWith(" It is not collected.")
                    .doesNotContain("/x");
            assertThat(names(collector))
                    .contains(one.name() + "/telephony", two.name() + "/telephony")
                    .hasSize(4);
            assertThat(logs.lines(Level.WARN)).as("none is gone").isEmpty();
            runAll(collector);
        }
        assertEveryEventOnce(one);
        assertEveryEventOnce(two);
    }

    /** What is noted in the bucket is input from outside. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            not JSON         | {"version":1                                                        | it is not readable JSON
            empty            | ''                                                                  | its version is not 1
            another version  | {"version":2,"parent":"PARENT","accounts":[]}                       | its version is not 1
            another parent   | {"version":1,"parent":"api-0000000c.duosecurity.com","accounts":[]} | it is not that of PARENT
            no accounts      | {"version":1,"parent":"PARENT"}                                     | 'accounts' is not an array
            odd id           | {"version":1,"parent":"PARENT","accounts":[{"account_id":"../x","api_hostname":"api-1.duosecurity.com"}]} | account_id is not
            odd host         | {"version":1,"parent":"PARENT","accounts":[{"account_id":"DA1","api_hostname":"evil.example"}]} | api_hostname is not
            odd time         | {"version":1,"parent":"PARENT","accounts":[{"account_id":"DA1","api_hostname":"api-1.duosecurity.com","missingSince":"then"}]} | a 'missingSince' is not a time
            two of one id    | {"version":1,"parent":"PARENT","accounts":[{"account_id":"DA1","api_hostname":"api-1.duosecurity.com"},{"account_id":"DA1","api_hostname":"api-2.duosecurity.com"}]} | an account_id is there twice
            two members      | {"version":1,"version":1,"parent":"PARENT","accounts":[]}           | it is not readable JSON
            """)
    void noteThatIsDamaged_isToldOf_andStaysAsItIs(String what, String text, String flaw) {
        Below one = add(ONE);
        String note = text.replace("PARENT", PARENT_HOST);
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(NOTE), RequestBody.fromString(note));
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            assertThat(streams.problems())
                    .singleElement()
                    .asString()
                    .startsWith("The list of accounts at s3://" + world.bucket + "/" + NOTE + " is damaged: "
                            + flaw.replace("PARENT", PARENT_HOST))
                    .endsWith("Delete it, and it is made anew from Duo's list.");
            runAll(collector);
            assertEveryEventOnce(one);
            assertThat(text(NOTE)).isEqualTo(note);

            StateConsole.Result status = new StateConsole(world.settings, world.clock).status();
            assertThat(status.exitCode()).isEqualTo(2);
            assertThat(status.err()).contains("is damaged: ");

            World.s3()
                    .client()
                    .deleteObject(delete -> delete.bucket(world.bucket).key(NOTE));
            listed(collector);
            assertThat(streams.problems()).isEmpty();
            assertThat(text(NOTE)).contains(ONE);
        }
    }

    private List<ProxiedRequest> writesOfTheNote() {
        return world.s3Proxy.requests().stream()
                .filter(request -> request.isWrite() && request.path().endsWith(NOTE))
                .toList();
    }

    /** Has the second list and note what is there while the first's note is on its way. */
    private void interleave(TestCollector first, TestCollector second) {
        AtomicBoolean isDone = new AtomicBoolean();
        world.s3Proxy.onRequest(request -> {
            if (request.isWrite() && request.path().endsWith(NOTE) && !isDone.getAndSet(true)) {
                listed(second);
            }
        });
        listed(first);
        assertThat(isDone).isTrue();
        assertThat(writesOfTheNote()).extracting(ProxiedRequest::status).contains(412);
    }

    /** Several nodes note what they know, each at its own time: neither keeps the other from it, and none needs an operator. */
    @ParameterizedTest
    @ValueSource(strings = {"an empty bucket", "a new account", "an account that is gone"})
    void twoCollectors_noteAtOnce(String what) {
        add(ONE);
        add(TWO);
        if (what.equals("a new account")) {
            parent.removeChild(TWO);
        }
        try (TestCollector first = world.start();
                TestCollector second = world.start()) {
            if (!what.equals("an empty bucket")) {
                listed(first);
                listed(second);
                assertThat(writesOfTheNote()).hasSize(1);
                if (what.equals("a new account")) {
                    list(children.get(TWO), logs -> {});
                } else {
                    parent.removeChild(TWO);
                }
                world.clock.advance(Duration.ofMinutes(16));
            }
            world.s3Proxy.reset();
            interleave(first, second);
            assertThat(text(NOTE)).contains(ONE, TWO);
            assertThat(text(NOTE).contains("missingSince")).isEqualTo(what.equals("an account that is gone"));
            assertThat(names(second)).isEqualTo(names(first)).hasSize(4);
            world.s3Proxy.reset();
            for (int i = 0; i < 2; i++) {
                world.clock.advance(Duration.ofMinutes(16));
                List.of(first, second)
                        .forEach(each -> assertThat(listed(each).problems()).isEmpty());
            }
            assertThat(writesOfTheNote()).as("what is noted already").isEmpty();
        }
        assertThat(logs.lines(Level.ERROR)).isEmpty();
        assertThat(logs.lines(Level.WARN))
                .allMatch(line -> line.startsWith("msp: Duo no longer lists the account " + TWO));
    }

    /** Each node misses an account at its own time, and all of them try it as long as the first one does. */
    @Test
    void childThatVanishes_isTriedAsLong_byEachCollector() {
        add(ONE);
        Below gone = add(TWO);
        try (TestCollector first = world.start();
                TestCollector second = world.start()) {
            listed(first);
            listed(second);
            parent.removeChild(TWO);
            world.clock.advance(Duration.ofMinutes(16));
            Instant since = world.clock.instant();
            listed(first);
            world.clock.advance(Duration.ofMinutes(7));
            world.s3Proxy.reset();
            listed(second);
            assertThat(writesOfTheNote()).isEmpty();
            assertThat(text(NOTE)).contains("\"missingSince\":\"" + since + "\"");
            world.clock.set(since.plus(Duration.ofDays(7)).plusSeconds(1));
            world.clock.advance(Duration.ofMinutes(16));
            listed(second);
            assertThat(names(second)).hasSize(2).noneMatch(name -> name.startsWith(gone.name()));
            listed(first);
            assertThat(names(first)).isEqualTo(names(second));
            assertThat(writesOfTheNote()).hasSize(1);
        }
        assertThat(text(NOTE)).doesNotContain(TWO);
    }

    /** Another node has noted an account that this one's list does not have yet: it is kept, until a list says otherwise. */
    @Test
    void childThatOnlyAnotherNoted_isCollected() {
        add(ONE);
        try (TestCollector first = world.start()) {
            listed(first);
            Below two = add(TWO);
            try (TestCollector second = world.start()) {
                listed(second);
            }
            parent.removeChild(TWO);
            Below three = add("DA0000000000000000TR");
            world.clock.advance(Duration.ofMinutes(16));
            listed(first);
            assertThat(names(first)).contains(two.name() + "/telephony", three.name() + "/telephony");
            assertThat(logs.lines(Level.WARN))
                    .as("by a list that may be the older one")
                    .isEmpty();
            world.clock.advance(Duration.ofMinutes(16));
            listed(first);
            assertThat(logs.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("no longer lists the account " + TWO);
        }
    }

    @Test
    void listInAnotherOrder_isNotNotedAgain() {
        Below one = add(ONE);
        add(TWO);
        try (TestCollector collector = world.start()) {
            listed(collector);
            parent.removeChild(ONE);
            list(one, logs -> {});
            world.s3Proxy.reset();
            world.clock.advance(Duration.ofMinutes(16));
            listed(collector);
            assertThat(names(collector)).hasSize(4).first().asString().startsWith("msp-da0000000000000000tw/");
            assertThat(writesOfTheNote()).isEmpty();
        }
    }

    /** A store that refuses every note, though nobody else writes one, is no other node. */
    @ParameterizedTest
    @EnumSource(names = {"ANSWER_412", "ANSWER_403"})
    void noteThatIsRefused_isTold_andTheAccountsAreCollected(Fault fault) {
        add(ONE);
        world.s3Proxy.plan(FaultPlan.every(
                1, request -> request.isWrite() && request.path().endsWith(NOTE), fault));
        try (TestCollector collector = world.start()) {
            Streams streams = listed(collector);
            assertThat(names(collector)).hasSize(2);
            assertThat(streams.problems()).singleElement().asString().contains("s3:PutObject");
            assertThat(streams.exitCode()).isPositive();
            world.s3Proxy.plan(FaultPlan.none());
            listed(collector);
            assertThat(streams.problems()).isEmpty();
        }
    }

    @Test
    void service_followsTheList() {
        Below one = add(ONE);
        try (TestCollector collector = startBySchedule()) {
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(one));
            Below two = add(TWO);
            world.advance(Duration.ofMinutes(16));
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(two));
            assertThat(logs.lines(Level.INFO))
                    .anyMatch(line -> line.startsWith(two.name() + "/telephony is collected into s3://"));
            assertThat(names(collector)).hasSize(4);
            parent.removeChild(ONE);
            world.advance(Duration.ofMinutes(16));
            await().atMost(SOON).untilAsserted(() -> assertThat(text(NOTE)).contains("missingSince"));
            world.advance(Duration.ofDays(8));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(logs.lines(Level.WARN))
                                    .anyMatch(
                                            line -> line.equals(
                                                    one.name() + "/telephony is no longer collected: its parent's file,"
                                                            + " or its log in it, is gone, or Duo has not listed it for 7 days, or it has a file of its own.")));
        }
    }

    /** Each stream runs when it is new, and no more while the test lasts. */
    private TestCollector startBySchedule() {
        world.set("duo.schedule.auto-startup", "true").set("duo.schedule", "0 0 0 1 1 ? 2099");
        try {
            String schedule = Files.readString(Path.of("routes", "schedule.camel.yaml"))
                    .replace("period: 60000", "period: 100")
                    .replace("delay: 60000", "delay: 100");
            return TestCollector.start(world.settings, world.clock, Map.of("schedule.camel.yaml", schedule));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As shipped, without a wait for the first look at what has changed. */
    @Test
    void service_listsAtItsStart() {
        Below one = add(ONE);
        world.set("duo.schedule.auto-startup", "true").set("duo.schedule", "0 0 0 1 1 ? 2099");
        try (TestCollector collector = world.start()) {
            await().atMost(SOON).untilAsserted(() -> assertEveryEventOnce(one));
            assertThat(names(collector)).hasSize(2);
        }
    }

    @Test
    void once_listsFirst_readsAllOrTheOneThatIsNamed_andExitsWithTheWorst() {
        inRealTime();
        Below one = add(ONE);
        Below two = add(TWO);
        assertThat(application(new Selection(Optional.of(two.name()), Optional.empty()))
                        .runOnce())
                .isZero();
        assertEveryEventOnce(two);
        assertThat(under("duo-telephony/" + one.name() + "/")).isEmpty();
        assertThat(application(new Selection(Optional.of("msp-nobody"), Optional.empty()))
                        .runOnce())
                .isEqualTo(2);
        assertThat(logs.lines(Level.ERROR)).singleElement().asString().startsWith("There is no account 'msp-nobody'");
        assertThat(application(new Selection(Optional.of("msp"), Optional.empty()))
                        .runOnce())
                .isZero();
        children.values().forEach(this::assertEveryEventOnce);

        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.serverError(500));
        assertThat(application(Selection.ALL).runOnce()).as("may pass").isEqualTo(1);
        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.forbidden());
        assertThat(application(Selection.ALL).runOnce()).as("for an operator").isEqualTo(2);
        world.duo.behave();
        children.values().forEach(this::assertEveryEventOnce);
    }

    /** What is wrong with a parent is no matter of a command about another account, or about a child that is known. */
    @Test
    void commandAboutOneAccount_doesNotTellOfParents() {
        inRealTime();
        Below one = add(ONE);
        MemoryEventStore events = new MemoryEventStore();
        world.duo.addAccount(
                "DIACME00000000000000",
                World.SKEY + "-acme",
                "api-000000ac.duosecurity.com",
                logs -> logs.events(SimulatedLog.TELEPHONY, events));
        write(
                "acme",
                "duo.api.host=api-000000ac.duosecurity.com\nduo.ikey=DIACME00000000000000\nduo.skey=" + World.SKEY
                        + "-acme\nduo.logs=telephony\n");
        StateConsole console = new StateConsole(world.settings, world.clock);
        assertThat(console.status().exitCode())
                .as("all, and the parent was never listed")
                .isEqualTo(2);
        assertThat(console.status("--account", "acme").exitCode()).isZero();

        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.forbidden());
        assertThat(application(new Selection(Optional.of("acme"), Optional.empty()))
                        .runOnce())
                .isZero();
        assertThat(world.duo.requests())
                .extracting(RecordedRequest::path)
                .doesNotContain(SimulatedParent.LIST_PATH)
                .isNotEmpty();
        assertThat(application(Selection.ALL).runOnce()).isEqualTo(2);
        world.duo.behave();
        assertThat(application(Selection.ALL).runOnce()).isZero();
        assertEveryEventOnce(one);

        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.forbidden());
        assertThat(application(new Selection(Optional.of(one.name()), Optional.empty()))
                        .runOnce())
                .as("a child that is known")
                .isZero();
    }

    private CamelApplication application(Selection selection) {
        return CamelApplication.withoutSchedule(Map.of(), world.settings).of(selection);
    }

    @Test
    void check_listsAndLooksAtEach_withoutANote() {
        inRealTime();
        Below one = add(ONE);
        Below two = add(TWO, SimulatedAccount.Builder::crossDeployment);
        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks)
                .filteredOn(check -> check.name().equals("accounts"))
                .singleElement()
                .extracting(Check::detail)
                .asString()
                .startsWith("2 accounts with 4 logs");
        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .extracting(Check::name)
                .containsExactly(
                        "duo-read-log-" + two.name() + "/telephony", "duo-read-log-" + two.name() + "/activity");
        assertThat(checks)
                .extracting(Check::name)
                .contains("duo-read-log-" + one.name() + "/activity", "state-" + one.name() + "/telephony");
        assertThat(world.everything().keySet())
                .as("objects that check has left")
                .isEmpty();
        world.duo.takeRefusals(refusal -> refusal.apiHost().equals(two.host()));

        checks.clear();
        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.forbidden());
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .extracting(Check::toString)
                .anyMatch(line -> line.contains("not let this application list accounts"));

        checks.clear();
        world.duo.misbehave(request -> request.path().equals(SimulatedParent.LIST_PATH), Misbehavior.serverError(500));
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .singleElement()
                .isEqualTo(Check.again(
                        "accounts",
                        checks.stream()
                                .filter(check -> check.name().equals("accounts"))
                                .findFirst()
                                .orElseThrow()
                                .detail()));
        assertThat(logs.lines(Level.ERROR))
                .anyMatch(line -> line.contains("were not listed"))
                .noneMatch(line -> line.startsWith("Nothing was read"));
    }

    /** A list that cannot be had hides neither what is wrong with files, nor the state of accounts that are known. */
    @Test
    void check_withAListThatFails_saysWhatElseIsWrong() {
        inRealTime();
        Below one = add(ONE);
        write("broken", "duo.api.host=api-0000000c.duosecurity.com\n");
        write(
                "other",
                "duo.api.host=api-0000000d.duosecurity.com\nduo.ikey=" + PARENT_IKEY + "\nduo.skey=" + World.SKEY
                        + "-wrong\nduo.children=all\n");
        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, Selection.ALL, checks::add).run();
        assertThat(checks)
                .filteredOn(check -> check.name().equals("accounts"))
                .extracting(Check::toString)
                .anyMatch(line -> line.contains("The accounts below other (duo.children) were not listed"))
                .anyMatch(line -> line.contains("broken.properties: Setting duo.ikey is not set"))
                .anyMatch(line -> line.contains("broken.properties: Setting duo.skey is not set"))
                .hasSize(3);
        assertThat(checks).extracting(Check::name).contains("state-" + one.name() + "/telephony");
        world.duo.takeRefusals(refusal -> refusal.code() == 40103);
    }

    @Test
    void check_ofAnAccountThatIsNotThere_saysSo() {
        inRealTime();
        add(ONE);
        List<Check> checks = new ArrayList<>();
        new Preflight(Map.of(), world.settings, new Selection(Optional.of("msp-nobody"), Optional.empty()), checks::add)
                .run();
        assertThat(checks)
                .filteredOn(check -> check.outcome().isFailure())
                .singleElement()
                .asString()
                .contains("There is no account 'msp-nobody'. There is "
                        + children.get(ONE).name());
    }

    @Test
    void statusAndState_knowTheChildren_byTheBucketAlone() {
        Below one = add(ONE);
        StateConsole console = new StateConsole(world.settings, world.clock);
        StateConsole.Result unknown = console.status();
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("The accounts below msp (duo.children) are not known yet");
        try (TestCollector collector = world.start()) {
            listed(collector);
            runAll(collector);
        }
        int requests = world.duo.requests().size();
        assertThat(console.status().out().lines())
                .satisfiesExactly(
                        row -> assertThat(row).startsWith("LOG "),
                        row -> assertThat(row).matches(one.name() + "/telephony +2026-11-23T07:57:50Z .*"),
                        row -> assertThat(row).matches(one.name() + "/activity +2026-11-23T07:57:50Z .*"));
        assertThat(console.state("show", "--account", ONE, "--log", "activity").exitCode())
                .isZero();
        assertThat(console.state("set-through", "--account", one.name(), "--log", "activity", "now-1h", "--yes")
                        .exitCode())
                .isZero();
        assertThat(world.duo.requests()).as("requests to Duo").hasSize(requests);
    }
}
