// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import dev.duocollector.cli.StateConsole;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.simulator.Answer;
import dev.duocollector.simulator.Misbehavior;
import dev.duocollector.simulator.SimulatedEvent;
import dev.duocollector.testing.Gzip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * A batch that was declared is believed stored only if it is whole, and given up only if no write of it can still arrive: of
 * five events in three pages, the first page's two are pending.
 */
@Timeout(120)
class PendingBatchTest {

    private static final Misbehavior EMPTY_PAGE = call -> Answer.ok(
            "{\"stat\":\"OK\",\"response\":{\"items\":[],\"metadata\":{\"next_offset\":null,\"total_objects\":0}}}");

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @AfterEach
    void close() {
        incident.close();
    }

    /** {@link dev.duocollector.sink.WriteFence} refuses a write by the time that it finds here. */
    @Test
    void eachWrite_carriesTheTimeOfItsDeclaration() throws IOException {
        String file = Files.readString(Path.of("routes", "store.camel.yaml"));
        String prepare = "                  beanType: dev.duocollector.run.PrepareWrite\n";
        assertThat(file).contains(prepare);
        incident.routes(Map.of(
                "store.camel.yaml",
                file.replace(
                        prepare,
                        prepare + "              - log: { logName: dev.duocollector.test,"
                                + " message: 'held to ${header.CamelAwsS3Metadata}' }\n")));

        incident.run(RunOutcome.DONE);

        assertThat(incident.logs.lines(Level.INFO))
                .filteredOn(line -> line.startsWith("held to "))
                .hasSize(3)
                .containsOnly("held to {duo-declared=" + World.START + "}");
    }

    // ---- What lies under the batch's key.

    static Stream<Arguments> notWhole() {
        return Stream.of(
                arguments("nothing in it", change(whole -> new byte[0]), "0 bytes: it is empty"),
                arguments("one byte", change(whole -> new byte[] {'\n'}), "0 lines, where 2 were declared"),
                arguments(
                        "cut within a line",
                        change(whole -> Arrays.copyOf(whole, whole.length / 2)),
                        "line 1 is not a JSON object"),
                arguments(
                        "without its last line's end",
                        change(whole -> Arrays.copyOf(whole, whole.length - 1)),
                        "its last line"),
                arguments("cut after a line", change(whole -> line(whole, 1)), "1 line, where 2 were declared"),
                arguments("a line too many", change(whole -> join(whole, line(whole, 1))), "3 lines, where 2 were"),
                arguments(
                        "something else",
                        change(whole -> "garbage\ngarbage\n".getBytes(UTF_8)),
                        "line 1 is not a JSON object"),
                arguments(
                        "a list in a line", change(whole -> "{}\n[]\n".getBytes(UTF_8)), "line 2 is not a JSON object"),
                arguments(
                        "two objects in a line",
                        change(whole -> "{}{}\n{}\n".getBytes(UTF_8)),
                        "line 1 is not a JSON object"),
                arguments("zeros", change(whole -> new byte[whole.length + 1]), "line 1 is not a JSON object"),
                arguments("cut gzip", change(whole -> Arrays.copyOf(Gzip.of(whole), 40)), "its gzip is damaged"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notWhole")
    void objectThatIsNotWhole_isNotBelieved_andNotWrittenOver(String what, UnaryOperator<byte[]> change, String said) {
        String key = leaveTheFirstBatchInDoubt();
        byte[] found = change.apply(first());
        put(key, found);
        String state = world.state();

        incident.run(RunOutcome.OPERATOR)
                .contains("The object s3://" + world.bucket + "/" + key + " is there and is not whole", said)
                .contains("'state settle --stored'", "'state settle --missing'");

        assertThat(incident.requests()).as("Duo is not asked").isEmpty();
        assertThat(world.state()).isEqualTo(state);
        assertThat(world.objects()).containsOnlyKeys(key);
        assertThat(world.objects().get(key)).isEqualTo(found);
        moveAway(key);
        incident.recoversWithoutLossOrDuplicate();
    }

    static Stream<Arguments> whole() {
        return Stream.of(
                arguments("as it was declared", change(whole -> whole)),
                arguments("compressed by somebody", change(Gzip::of)),
                arguments(
                        "its members laid out otherwise",
                        change(whole ->
                                new String(whole, UTF_8).replace("{\"", "{ \"").getBytes(UTF_8))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whole")
    void objectThatIsWhole_isBelieved(String what, UnaryOperator<byte[]> change) {
        String key = leaveTheFirstBatchInDoubt();
        byte[] found = change.apply(first());
        put(key, found);

        incident.run(RunOutcome.DONE);

        assertThat(world.objects().get(key)).isEqualTo(found);
        assertThat(incident.requests())
                .as("behind the batch")
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.query()).containsKey("next_offset"));
        assertThat(world.objects()).hasSize(3);
    }

    /** What is read back to be counted. */
    @ParameterizedTest
    @CsvSource({"CUT_BODY, Premature end", "DROP_AFTER, failed to respond", "ANSWER_503, SlowDown"})
    void objectThatCannotBeReadBack_isS3s_andPasses(Fault fault, String said) {
        String key = leaveTheFirstBatchInDoubt();
        put(key, Gzip.of(first()));
        String state = world.state();
        world.s3Proxy.plan(request ->
                request.method().equals("GET") && request.path().contains("/duo-telephony/") ? fault : Fault.NONE);

        incident.run(RunOutcome.FAILED).contains("s3:GetObject on s3://" + world.bucket, said, "Nothing is lost");

        assertThat(incident.requests()).as("Duo is not asked").isEmpty();
        assertThat(world.state()).isEqualTo(state);
        put(key, first());
        incident.recoversWithoutLossOrDuplicate();
    }

    // ---- A store that lies.

    @ParameterizedTest
    @CsvSource({"ANSWER_412, 2", "SWALLOW, 2", "ANSWER_ERROR_IN_200, 2"})
    void storeThatHasNothing_ofWhatItAcknowledged_isRefused(Fault fault, int writes) {
        world.s3Proxy.plan(request -> isData(request) ? fault : Fault.NONE);

        incident.run(RunOutcome.OPERATOR)
                .contains("The S3 store took two writes of duo-telephony/telephony_")
                .contains("and does not have it");

        assertThat(world.objects()).isEmpty();
        assertThat(world.s3Proxy.requests().stream().filter(PendingBatchTest::isData))
                .hasSize(writes);
        assertThat(world.state()).contains("\"pending\"");
        incident.recoversWithoutLossOrDuplicate();
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWER_412", "SWALLOW", "ANSWER_ERROR_IN_200", "ANSWER_WITHOUT_ETAG"})
    void storeThatLiesOnce_isAskedAgain(Fault fault) {
        world.s3Proxy.plan(FaultPlan.logical(FaultPlan.at(1, PendingBatchTest::isData, fault), FaultPlan.Tries.FIRST));

        incident.run(RunOutcome.DONE);

        incident.assertEveryEventOnce();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void storeThatFindsEverything_isReadBack() {
        String key = leaveTheFirstBatchInDoubt();
        world.s3Proxy.plan(request -> request.method().equals("HEAD") ? Fault.ANSWER_FOUND : Fault.NONE);

        incident.run(RunOutcome.DONE);

        assertThat(world.objects()).containsKey(key);
        incident.assertEveryEventOnce();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void stateWrittenWithoutAnETag_isLookedAt() {
        world.s3Proxy.plan(
                request -> World.isState(request) && request.isWrite() ? Fault.ANSWER_WITHOUT_ETAG : Fault.NONE);

        incident.run(RunOutcome.DONE);

        incident.assertEveryEventOnce();
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void stateThatIsAcknowledgedWithAnError_isWrittenAgain() {
        world.s3Proxy.plan(FaultPlan.logical(
                FaultPlan.at(1, request -> World.isState(request) && request.isWrite(), Fault.ANSWER_ERROR_IN_200),
                FaultPlan.Tries.FIRST));

        incident.run(RunOutcome.DONE);

        assertThat(world.s3Proxy.faulted()).hasSize(1);
        incident.assertEveryEventOnce();
        incident.recoversWithoutLossOrDuplicate();
    }

    // ---- A Duo whose answers are short.

    @Test
    void recoveryThatGetsAnEmptyAnswerOnce_storesAndMarksNothing() {
        leaveTheFirstBatchInDoubt();
        world.duo.misbehave(world.duo.requests().size() + 1, 1, EMPTY_PAGE);

        incident.run(RunOutcome.PENDING)
                .contains(
                        "(2 events), which an earlier run declared, is not in the bucket, and Duo's answer lacks 2 of its")
                .contains("It stays pending", "30 minutes");

        assertThat(world.objects()).isEmpty();
        assertThat(world.state()).contains("\"missed\":true");
        incident.recoversWithoutLossOrDuplicate();
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void recoveryThatLacksAnEventOnce_storesNoPartOfTheBatch(int event) {
        leaveTheFirstBatchInDoubt();
        world.events.withdraw(incident.events.get(event));

        incident.run(RunOutcome.PENDING).contains("Duo's answer lacks 1 of its events");

        assertThat(world.objects()).isEmpty();
        world.events.add(incident.events.get(event));
        incident.recoversWithoutLossOrDuplicate();
    }

    /** An event that Duo withdraws holds nothing up for long, and what Duo still shows is stored once. */
    @Test
    void batchThatIsNotToBeFound_isForgotten_onceNoWriteOfItCanArrive() {
        leaveTheFirstBatchInDoubt();
        SimulatedEvent withdrawn = incident.events.get(1);
        world.events.withdraw(withdrawn);
        incident.run(RunOutcome.PENDING);
        String missed = world.state();
        world.clock.advance(Duration.ofMinutes(29));
        incident.run(RunOutcome.PENDING);
        assertThat(world.state()).as("a later miss writes nothing").isEqualTo(missed);
        world.clock.advance(Duration.ofMinutes(1));

        incident.run(RunOutcome.DONE);

        assertThat(incident.logs.lines(Level.WARN))
                .anyMatch(line -> line.startsWith("Duo no longer shows 1 of the 2 events of duo-telephony/telephony_"));
        List<SimulatedEvent> left = incident.events.stream()
                .filter(event -> !event.equals(withdrawn))
                .toList();
        assertThat(world.lines()).containsExactlyInAnyOrderElementsOf(World.stored(left));
        assertThat(world.objects().keySet()).as("with its page number").anyMatch(key -> key.contains("_00001_"));
    }

    /** The state's age alone proves nothing: the answer in hand may be the one that is short. */
    @Test
    void batchThatIsMissedForTheFirstTime_isKept_howeverOldItIs() {
        leaveTheFirstBatchInDoubt();
        world.clock.advance(Duration.ofHours(2));
        world.duo.misbehave(world.duo.requests().size() + 1, 1, EMPTY_PAGE);

        incident.run(RunOutcome.PENDING);

        assertThat(world.state()).contains("\"pending\"", "\"missed\":true");
        incident.recoversWithoutLossOrDuplicate();
    }

    /** By its own clock alone nobody can tell whether a write is still under way. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void batchThatIsNotToBeFound_isKept_whileS3DoesNotSayWhatTimeItIs(boolean ignored) {
        leaveTheFirstBatchInDoubt();
        world.events.withdraw(incident.events.get(1));
        if (ignored) {
            incident.set("s3.clock", "ignore").restart();
        } else {
            world.s3Proxy.plan(request -> Fault.ANSWER_WITHOUT_DATE);
        }
        incident.run(RunOutcome.PENDING).contains("S3's clock is not known", "so it is never forgotten");
        world.clock.advance(Duration.ofHours(3));

        incident.run(RunOutcome.PENDING);

        assertThat(world.state()).contains("\"pending\"");
        world.events.add(incident.events.get(1));
        world.s3Proxy.plan(FaultPlan.none());
        incident.run(RunOutcome.DONE);
        incident.assertEveryEventOnce();
    }

    /** Without the fence a write may arrive at any time. */
    @Test
    void batchThatIsNotToBeFound_isKept_whereWritesAreNotFenced() throws IOException {
        String beans = Files.readString(Path.of("routes/beans.camel.yaml"));
        String unfenced = beans.replace(
                "dev.duocollector.sink.S3Clients\n      factoryMethod: create",
                "dev.duocollector.s3.UnfencedS3\n      factoryMethod: of");
        assertThat(unfenced).isNotEqualTo(beans);
        incident.routes(Map.of("beans.camel.yaml", unfenced));
        leaveTheFirstBatchInDoubt();
        world.events.withdraw(incident.events.get(1));
        incident.run(RunOutcome.PENDING).contains("so it is never forgotten");
        world.clock.advance(Duration.ofHours(3));

        incident.run(RunOutcome.PENDING);

        assertThat(world.state()).contains("\"pending\"");
        incident.routes(Map.of()).restart();
        incident.run(RunOutcome.DONE);
    }

    // ---- The state is input from outside.

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "duo-telephony/${bean:settings?method=secretKey}.ndjson",
                "duo-telephony/telephony_${camelContext}_00001_7f34b7e6d8ad.ndjson",
                "duo-telephony/$simple{env.HOME}/telephony_20261123T075800.000Z_00001_7f34b7e6d8ad.ndjson",
                "duo-telephony/../telephony_20261123T075800.000Z_00001_7f34b7e6d8ad.ndjson.exe",
                "duo-telephony-state/api-00000000.duosecurity.com.json",
                "duo-telephony/telephony_20269923T075800.000Z_00001_7f34b7e6d8ad.ndjson",
                "duo-telephony//telephony_20261123T075800.000Z_00001_7f34b7e6d8ad.ndjson",
            })
    void forgedKey_isRefused_beforeAnythingIsAskedOrWritten(String forged) {
        String key = leaveTheFirstBatchInDoubt();
        String good = world.state();
        world.putState(good.replace("\"objectKey\":\"" + key, "\"objectKey\":\"" + forged));
        world.s3Proxy.reset();

        incident.run(RunOutcome.OPERATOR)
                .contains("is damaged: 'objectKey' of 'pending' is not the key of a batch's object")
                .doesNotContain("${", "secretKey");

        assertThat(world.s3Proxy.requests()).hasSize(1).noneMatch(ProxiedRequest::isWrite);
        assertThat(incident.requests()).isEmpty();
        world.putState(good);
        incident.recoversWithoutLossOrDuplicate();
    }

    @ParameterizedTest
    @CsvSource({
        "true, ${camelContext}",
        "true, ''",
        "true, aaaaaaaaaaaaaaaaaaaaa",
        "true, aaaaaaaaaaaaaaaaaaaaaaa",
        "true, aaaaaaaaaaaaaaaaaaaa/a",
        "true, ../aaaaaaaaaaaaaaaaaaa",
        "false, ${camelContext}",
        "false, aaaaaaaaaaaaaaaaaaaaa",
        "false, aaaaaaaaaaaaaaaaaaaa+a",
    })
    void eventKeyOfAnotherForm_isRefused(boolean pending, String forged) {
        if (pending) {
            leaveTheFirstBatchInDoubt();
        } else {
            incident.set("max.iterations", "1").run(RunOutcome.MORE);
            incident.set("max.iterations", "0").restart();
        }
        String good = world.state();
        world.putState(good.replaceFirst("(\"eventKeys\":\\{\")[^\"]*", "$1" + Matcher.quoteReplacement(forged)));
        assertThat(world.state()).isNotEqualTo(good);

        incident.run(RunOutcome.OPERATOR)
                .contains("is damaged: 'eventKeys' has a key that is not 22 characters of Base64 for URLs")
                .doesNotContain("${");

        assertThat(incident.requests()).isEmpty();
        world.putState(good);
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void batchUnderAnotherPrefix_isSettledUnderThatOne_andNotReplaced() {
        leaveTheFirstBatchInDoubt();
        incident.set("s3.prefix", "elsewhere").restart();

        incident.run(RunOutcome.OPERATOR)
                .contains("has a batch pending under the prefix 'duo-telephony', and s3.prefix is 'elsewhere'")
                .contains("Set s3.prefix=duo-telephony back for one run");

        assertThat(settle("set-through", "2026-11-23T07:00:00Z", "--yes").exitCode())
                .isEqualTo(2);
        assertThat(World.s3().objects(world.bucket, "elsewhere/")).isEmpty();
        incident.set("s3.prefix", "duo-telephony").restart();
        incident.recoversWithoutLossOrDuplicate();
    }

    // ---- What an operator decides.

    @Test
    void settleStored_hasTheBatchCountAsStored() {
        String key = leaveTheFirstBatchInDoubt();
        put(key, "garbage\n".getBytes(UTF_8));
        incident.run(RunOutcome.OPERATOR);

        StateConsole.Result settled = settle("settle", "--stored", "--yes");

        assertThat(settled.exitCode()).as(settled.err()).isZero();
        assertThat(settled.out()).contains("Counts as stored: the batch " + key + " (2 events)", "As it was: s3://");
        incident.run(RunOutcome.DONE);
        assertThat(world.objects().get(key)).isEqualTo("garbage\n".getBytes(UTF_8));
        moveAway(key);
        assertThat(world.lines()).isEqualTo(World.stored(incident.events.subList(2, 5)));
    }

    @Test
    void settleMissing_hasTheEventsReadAgain_onceNothingIsThereNorCanArrive() {
        String key = leaveTheFirstBatchInDoubt();
        put(key, "garbage\n".getBytes(UTF_8));
        world.clock.advance(Duration.ofMinutes(31));
        assertRefused("s3://" + world.bucket + "/" + key + " is there, so its events would be stored a second time");
        moveAway(key);
        world.clock.advance(Duration.ofMinutes(-2));
        assertRefused("The state was written 29 min ago, and a write of the batch may still arrive");
        world.clock.advance(Duration.ofMinutes(1));
        world.s3Proxy.plan(request -> request.method().equals("HEAD") ? Fault.ANSWER_403 : Fault.NONE);
        assertRefused("s3:GetObject");
        world.s3Proxy.plan(request -> Fault.ANSWER_WITHOUT_DATE);
        assertRefused("S3 does not say how old");
        world.s3Proxy.plan(FaultPlan.none());

        StateConsole.Result settled = settle("settle", "--missing", "--yes");

        assertThat(settled.exitCode()).as(settled.err()).isZero();
        assertThat(settled.out()).contains("Read again: the page of the batch " + key);
        assertThat(world.state()).doesNotContain("pending");
        incident.recoversWithoutLossOrDuplicate();
    }

    @Test
    void settle_isRefused_whereNothingIsPending_andNeedsAVerdict() {
        incident.run(RunOutcome.DONE);
        String state = world.state();

        for (String verdict : List.of("--stored", "--missing")) {
            StateConsole.Result refused = settle("settle", verdict, "--yes");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.err()).contains("No batch is pending in s3://" + world.bucket);
        }
        assertThat(settle("settle", "--yes").exitCode()).isEqualTo(2);
        assertThat(settle("settle", "--stored", "--missing", "--yes").exitCode())
                .isEqualTo(2);
        assertThat(world.state()).isEqualTo(state);
    }

    // ---- A state of an older version.

    @Test
    void olderState_isKeptBesideTheNewOne_andItsBatchIsRecovered() {
        String key = leaveTheFirstBatchInDoubt();
        String older = older(world.state());
        world.putState(older);
        put(key, first());

        incident.run(RunOutcome.DONE);

        Map<String, byte[]> kept = World.s3().objects(world.bucket, World.STATE_KEY + ".v2");
        assertThat(kept).containsOnlyKeys(World.STATE_KEY + ".v2");
        assertThat(new String(kept.get(World.STATE_KEY + ".v2"), UTF_8)).isEqualTo(older);
        assertThat(world.state()).startsWith("{\"version\":3,");
        incident.assertEveryEventOnce();
    }

    /** It knows neither length nor lines. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "all of it, 2, true",
        "less than was read, 1, true",
        "nothing but a line's end, 0, false",
        "more than was read, 3, false"
    })
    void batchOfAnOlderState_isWhole_fromOneLineToOneForEachEvent(String what, int lines, boolean whole) {
        String key = leaveTheFirstBatchInDoubt();
        world.putState(older(world.state()));
        put(key, lines == 0 ? new byte[] {'\n'} : "{}\n".repeat(lines).getBytes(UTF_8));

        if (whole) {
            incident.run(RunOutcome.DONE);
            assertThat(world.objects()).containsKey(key).hasSize(3);
        } else {
            incident.run(RunOutcome.OPERATOR)
                    .contains("is not whole (" + lines + " lines, where 1 to 2 were declared)");
            assertThat(incident.requests()).isEmpty();
        }
    }

    @Test
    void olderState_thatCannotBeKept_isAWarning() {
        leaveTheFirstBatchInDoubt();
        world.putState(older(world.state()));
        world.s3Proxy.plan(request -> request.path().endsWith(".v2") ? Fault.ANSWER_403 : Fault.NONE);

        incident.run(RunOutcome.DONE);

        assertThat(incident.logs.lines(Level.WARN))
                .anyMatch(line -> line.startsWith("The state of an older version could not be kept as s3://"));
        incident.assertEveryEventOnce();
    }

    // ---- Tools.

    private String leaveTheFirstBatchInDoubt() {
        world.s3Proxy.plan(request -> isData(request) ? Fault.DROP_BEFORE : Fault.NONE);
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        String state = world.state();
        int key = state.indexOf("\"objectKey\":\"") + "\"objectKey\":\"".length();
        return state.substring(key, state.indexOf('"', key));
    }

    /** The bytes of the first batch's object. */
    private byte[] first() {
        return (String.join("\n", World.stored(incident.events.subList(0, 2))) + "\n").getBytes(UTF_8);
    }

    private void put(String key, byte[] bytes) {
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(key), RequestBody.fromBytes(bytes));
    }

    private void moveAway(String key) {
        World.s3().client().deleteObject(delete -> delete.bucket(world.bucket).key(key));
    }

    private StateConsole.Result settle(String... arguments) {
        return new StateConsole(world.settings, world.clock).state(arguments);
    }

    private void assertRefused(String said) {
        String before = world.state();
        StateConsole.Result refused = settle("settle", "--missing", "--yes");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains(said);
        assertThat(world.state()).isEqualTo(before);
    }

    private static String older(String state) {
        return state.replace("\"version\":3", "\"version\":2").replaceAll("\"declarations\":\\[[^]]*],", "");
    }

    private static UnaryOperator<byte[]> change(UnaryOperator<byte[]> change) {
        return change;
    }

    private static byte[] line(byte[] whole, int number) {
        return (new String(whole, UTF_8).lines().toList().get(number - 1) + "\n").getBytes(UTF_8);
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }

    private static boolean isData(ProxiedRequest request) {
        return request.isWrite() && request.path().contains("/duo-telephony/");
    }
}
