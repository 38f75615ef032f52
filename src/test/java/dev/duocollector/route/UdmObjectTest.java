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
import dev.duocollector.simulator.MadeUpEvents;
import dev.duocollector.testing.Gzip;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** With {@code udm.prefix}: a UDM object beside each object of events, whatever happens between the two writes. */
class UdmObjectTest {

    private static final String MASKING = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - split:
                        simple: "${body}"
                        steps:
                          - script:
                              simple: "${body.put('phone', 'masked')}"
            """;

    private static final String DROPPING = """
            - route:
                id: event-steps
                errorHandler:
                  noErrorHandler: {}
                from:
                  uri: direct
                  parameters:
                    name: event-steps
                  steps:
                    - setBody:
                        jsonpath: "$[?(@.context == 'nothing')]"
            """;

    private final Incident incident = new Incident();
    private final World world = incident.world;

    @BeforeEach
    void switchOn() {
        incident.set("udm.prefix", World.UDM_PREFIX);
    }

    @AfterEach
    void close() {
        incident.close();
    }

    @Test
    void eachObject_isThereAsUdm_underTheSameName() {
        incident.run(RunOutcome.DONE)
                .contains("5 new events, 0 dropped by your steps, 5 stored in 3 objects (3 as UDM, too)");

        world.assertUdmOfEveryObject();
        assertThat(world.udmObjects()).hasSize(3);
        assertThat(world.udmObjects().firstKey()).endsWith(".ndjson");
        assertThat(world.contentType(world.udmObjects().firstKey())).isEqualTo("application/x-ndjson");
        assertThat(String.join("", world.udmLines()))
                .contains("USER_UNCATEGORIZED")
                .doesNotContain("eventtype\":\"telephony");
    }

    @Test
    void nothing_isThereAsUdm_withoutThePrefix() {
        incident.set("udm.prefix", "");
        incident.run(RunOutcome.DONE)
                .contains("5 new events, 0 dropped by your steps, 5 stored in 3 objects, 0 seen before");

        assertThat(world.everything()).hasSize(4);
        assertThat(world.udmObjects()).isEmpty();
    }

    @Test
    void udmObject_isCompressed_asTheOther() {
        incident.set("s3.compression", "gzip");
        incident.run(RunOutcome.DONE);

        world.assertUdmOfEveryObject();
        assertThat(world.udmObjects().firstKey()).endsWith(".ndjson.gz");
        assertThat(world.contentType(world.udmObjects().firstKey())).isEqualTo("application/gzip");
    }

    @Test
    void pending_namesBoth_andTheObjectComesFirst() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);

        assertThat(world.state()).contains("\"udmObjectKey\":\"" + World.UDM_PREFIX + "/telephony_");
        assertThat(world.objects()).hasSize(1);
        assertThat(world.udmObjects()).isEmpty();
    }

    @Test
    void udmObject_isMadeOfWhatIsStored_whenARecoveryFindsThatAlone() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        incident.routes(Map.of("event-steps.camel.yaml", MASKING)).restart();
        incident.repair();

        incident.run(RunOutcome.DONE);

        world.assertUdmOfEveryObject();
        assertThat(world.udmLines().get(0)).as("stored before the steps masked").doesNotContain("masked");
        assertThat(world.udmLines().get(2)).as("stored after").contains("\"phoneNumbers\":[\"masked\"]");
        assertThat(world.lines()).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource({"'', not set", "elsewhere, elsewhere"})
    void udmObject_isMade_asDeclared_onceTheSettingIsBackThatWentMeanwhile(String prefix, String said) {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        incident.set("udm.prefix", prefix).restart();
        incident.run(RunOutcome.OPERATOR)
                .contains("has a batch pending under the prefix 'duo-telephony-udm', and udm.prefix is '" + said + "'")
                .contains("Set udm.prefix=duo-telephony-udm back for one run");
        incident.set("udm.prefix", "duo-telephony-udm").restart();

        incident.recoversWithoutLossOrDuplicate();

        world.assertUdmOfEveryObject();
    }

    /** Read again, its events would stand in a second UDM object. */
    @Test
    void settleMissing_isRefused_whereOnlyTheUdmObjectIsThere() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        String key = world.objects().firstKey();
        String udmKey = World.UDM_PREFIX + key.substring("duo-telephony".length());
        delete(key);
        put(udmKey, "{}\n".getBytes(UTF_8));
        world.clock.advance(Duration.ofMinutes(31));
        String state = world.state();

        StateConsole.Result refused = settleMissing();

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("s3://" + world.bucket + "/" + udmKey
                        + " is there, so its events would be stored a second time");
        assertThat(world.state()).isEqualTo(state);
        delete(udmKey);
        assertThat(settleMissing().exitCode()).isZero();
        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    @Test
    void udmObjectThatIsThere_countsAsWritten_whenARecoveryMakesItAgain() {
        world.s3Proxy.plan(
                FaultPlan.logical(FaultPlan.at(1, UdmObjectTest::isUdm, Fault.DROP_AFTER), FaultPlan.Tries.ALL));
        incident.run(RunOutcome.FAILED);
        assertThat(world.udmObjects()).hasSize(1);

        incident.recoversWithoutLossOrDuplicate();

        world.assertUdmOfEveryObject();
    }

    @ParameterizedTest
    @CsvSource({
        "'duo-telephony-udm/${bean:settings?method=secretKey}.ndjson'",
        "'duo-telephony-udm/telephony_20261123T075750.000Z_00001_7f34b7e6d8ad.ndjson.exe'",
        "'duo-telephony-udm/telephony_20261123T075750.000Z_00001_000000000000.ndjson'",
        "'duo-telephony-udm/telephony_20261123T075750.000Z_00001_7f34b7e6d8ad.ndjson.gz'",
        "'duo-telephony-state/api-00000000.duosecurity.com.json'",
        "'telephony_20261123T075750.000Z_00001_7f34b7e6d8ad.ndjson/'",
    })
    void forgedKey_isRefused_beforeAnythingIsAskedOrWritten(String forged) {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        String good = world.state();
        String key = World.UDM_PREFIX + world.objects().firstKey().substring("duo-telephony".length());
        assertThat(good).contains("\"udmObjectKey\":\"" + key);
        world.putState(good.replace("\"udmObjectKey\":\"" + key, "\"udmObjectKey\":\"" + forged));
        world.s3Proxy.reset();

        incident.run(RunOutcome.OPERATOR)
                .contains("is damaged: 'udmObjectKey' of 'pending' is not the key of a batch's object")
                .doesNotContain("${", "secretKey");

        assertThat(world.s3Proxy.requests()).hasSize(1).noneMatch(ProxiedRequest::isWrite);
        assertThat(incident.requests()).isEmpty();
        world.putState(good);
        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    /** A write that is signed long after its declaration may arrive when the batch is forgotten. Two writes try the store. */
    @ParameterizedTest
    @CsvSource({"PT3M, 6", "PT4M1S, 7", "PT20M, 7"})
    void batch_isDeclaredAnew_whereItsUdmObjectComesLate(Duration late, int stateWrites) {
        AtomicBoolean once = new AtomicBoolean();
        world.s3Proxy.onRequest(request -> {
            if (isEventsRead(request) && once.compareAndSet(false, true)) {
                world.clock.advance(late);
            }
        });

        incident.run(RunOutcome.DONE);

        assertThat(world.s3Proxy.requests().stream().filter(request -> request.isWrite() && World.isState(request)))
                .hasSize(stateWrites);
        world.assertUdmOfEveryObject();
    }

    /** Its length is declared nowhere; that of the events is not its own. */
    @Test
    void udmObjectThatIsThere_isReadBack_whateverItsLength() {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        String key = world.objects().firstKey();
        String udmKey = World.UDM_PREFIX + key.substring(key.indexOf('/'));
        put(udmKey, "g".repeat(world.objects().get(key).length).getBytes(UTF_8));

        incident.run(RunOutcome.OPERATOR)
                .contains("The object s3://" + world.bucket + "/" + udmKey + " is there and is not whole");

        World.s3().client().deleteObject(delete -> delete.bucket(world.bucket).key(udmKey));
        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    @Test
    void unmappableEvent_isLeftOut_andStaysInTheObject() {
        world.events.add(new MadeUpEvents(3).withoutTs(World.START.minus(Duration.ofMinutes(6))));

        assertThat(incident.collector().run().outcome()).isEqualTo(RunOutcome.DONE);

        assertThat(world.lines()).hasSize(6);
        assertThat(world.udmLines()).hasSize(5);
        assertThat(incident.logs.lines(Level.WARN))
                .filteredOn(line -> line.contains("cannot be mapped to UDM"))
                .singleElement()
                .asString()
                .startsWith("1 of the ")
                .contains("left out of " + World.UDM_PREFIX + "/telephony_")
                .endsWith("the first because no time can be read from ts, timestamp or isotimestamp.");
    }

    @Test
    void noUdmObject_isMade_whenNothingCanBeMapped_orNothingIsStored() {
        incident.routes(Map.of("event-steps.camel.yaml", DROPPING));
        incident.run(RunOutcome.DONE)
                .contains("5 new events, 5 dropped by your steps, 0 stored in 0 objects, 0 seen before");
        assertThat(world.everything()).hasSize(1);

        incident.routes(Map.of()).restart();
        world.events.add(new MadeUpEvents(3).withoutTs(world.clock.instant()));
        world.clock.advance(Duration.ofMinutes(20));
        assertThat(incident.collector().run().outcome()).isEqualTo(RunOutcome.DONE);
        assertThat(world.objects()).hasSize(1);
        assertThat(world.udmObjects()).isEmpty();
    }

    @Test
    void says_whatAnOperatorMustGrant_whenUdmObjectsCannotBeWritten() {
        world.s3Proxy.plan(request -> isUdm(request) ? Fault.ANSWER_403 : Fault.NONE);

        incident.run(RunOutcome.OPERATOR)
                .contains("S3 refused s3:PutObject on s3://" + world.bucket + "/" + World.UDM_PREFIX + "/*")
                .contains("Grant s3:PutObject on arn:aws:s3:::" + world.bucket + "/" + World.UDM_PREFIX + "/*");

        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    @Test
    void storesBothAgain_whenSomebodyDeletesTheObjectBetween() {
        world.s3Proxy.onRequest(request -> {
            if (request.method().equals("GET") && request.path().contains("/duo-telephony/")) {
                world.deleteObjects();
            }
        });

        incident.run(RunOutcome.FAILED)
                .contains("Somebody deleted an object under s3://" + world.bucket
                        + "/duo-telephony/* before its UDM events")
                .contains("Nothing is lost");

        world.s3Proxy.onRequest(request -> {});
        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    // ---- The stored object is not what was stored: of the first page's two events a UDM object is to be made.

    static Stream<Arguments> spoiled() {
        String unreadable = "cannot be read: ";
        String notWhole = "is there and is not whole";
        return Stream.of(
                arguments(
                        "garbage", spoil(whole -> "garbage".getBytes(UTF_8)), notWhole, "line 1 is not a JSON object"),
                arguments("nothing", spoil(whole -> new byte[0]), notWhole, "it is empty"),
                arguments(
                        "garbage of its length",
                        spoil(whole -> "g".repeat(whole.length).getBytes(UTF_8)),
                        unreadable,
                        "line 1:"),
                arguments(
                        "garbage in its second line, of its length",
                        spoil(whole -> with(whole, whole.length - 3, 'g', 'a')),
                        unreadable,
                        "line 2:"),
                arguments("zeros of its length", spoil(whole -> new byte[whole.length]), unreadable, "line 1:"),
                arguments(
                        "half a character, of its length",
                        spoil(whole -> with(whole, 12, 0xc3, '"')),
                        unreadable,
                        "line 1:"),
                arguments(
                        "cut at a line's end",
                        spoil(whole -> Arrays.copyOf(whole, line(whole).length())),
                        notWhole,
                        "1 line, where 2 were declared"),
                arguments(
                        "cut at a line's end, of its length",
                        spoil(whole -> Arrays.copyOf(
                                line(whole)
                                        .replace(
                                                "{\"",
                                                "{"
                                                        + " "
                                                                .repeat(whole.length
                                                                        - line(whole)
                                                                                .length()) + "\"")
                                        .getBytes(UTF_8),
                                whole.length)),
                        unreadable,
                        "it has 1 event, and was declared with 2"),
                arguments(
                        "cut within a line",
                        spoil(whole -> Arrays.copyOf(whole, whole.length - 9)),
                        notWhole,
                        "line 2"),
                arguments(
                        "half of a gzip",
                        spoil(whole -> Arrays.copyOf(Gzip.of(whole), 60)),
                        notWhole,
                        "its gzip is damaged"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spoiled")
    void objectThatWasSpoiled_isNamed_andDuoIsNotAsked(
            String what, UnaryOperator<byte[]> spoil, String said, String where) {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        String key = world.objects().firstKey();
        byte[] good = world.objects().get(key);
        put(key, spoil.apply(good));
        String state = world.state();

        incident.run(RunOutcome.OPERATOR)
                .contains("The object s3://" + world.bucket + "/" + key + " " + said, where)
                .doesNotContain("Duo", "duo.");

        assertThat(incident.requests()).as("requests to Duo").isEmpty();
        assertThat(world.state()).isEqualTo(state);
        assertThat(world.udmObjects()).isEmpty();
        put(key, good);
        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    static Stream<Arguments> otherBytes() {
        return Stream.of(
                arguments("as it was stored", spoil(whole -> whole)),
                arguments("compressed by somebody", spoil(Gzip::of)),
                arguments("a byte order mark in front", spoil(whole -> join("\ufeff".getBytes(UTF_8), whole))),
                arguments(
                        "blank lines between",
                        spoil(whole ->
                                new String(whole, UTF_8).replace("\n", "\n\n").getBytes(UTF_8))),
                arguments(
                        "lines as Windows ends them",
                        spoil(whole ->
                                new String(whole, UTF_8).replace("\n", "\r\n").getBytes(UTF_8))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("otherBytes")
    void objectThatHasTheSameEvents_isUsed(String what, UnaryOperator<byte[]> change) {
        failUdmWrites();
        incident.run(RunOutcome.FAILED);
        world.s3Proxy.plan(FaultPlan.none());
        String key = world.objects().firstKey();
        byte[] good = world.objects().get(key);
        put(key, change.apply(good));

        incident.run(RunOutcome.DONE);

        put(key, good);
        world.assertUdmOfEveryObject();
    }

    @ParameterizedTest
    @EnumSource(names = {"STORE_EMPTY", "STORE_CUT"})
    void storeThatKeepsAPartOfWhatItAcknowledged_isNotBelieved(Fault fault) {
        world.s3Proxy.plan(FaultPlan.logical(FaultPlan.at(1, UdmObjectTest::isEvents, fault), FaultPlan.Tries.ALL));

        incident.run(RunOutcome.OPERATOR)
                .contains("The object s3://" + world.bucket + "/duo-telephony/telephony_", "cannot be read: ");

        assertThat(world.udmObjects()).isEmpty();
        assertThat(incident.requests()).as("no page after it").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"none, CUT_BODY", "gzip, CUT_BODY", "none, DROP_AFTER", "gzip, DROP_AFTER"})
    void answerThatBreaksOff_isS3s_andPasses(String compression, Fault fault) {
        incident.set("s3.compression", compression);
        world.s3Proxy.plan(request -> isEventsRead(request) ? fault : Fault.NONE);

        incident.run(RunOutcome.FAILED)
                .contains("S3 could not be reached for s3:GetObject on s3://" + world.bucket + "/duo-telephony/")
                .contains("Nothing is lost")
                .doesNotContain("bug", "Duo");

        assertThat(world.objects()).hasSize(1);
        assertThat(world.udmObjects()).isEmpty();
        incident.recoversWithoutLossOrDuplicate();
        world.assertUdmOfEveryObject();
    }

    // ---- Tools.

    private static UnaryOperator<byte[]> spoil(UnaryOperator<byte[]> spoil) {
        return spoil;
    }

    /** The first line, its end included. */
    private static String line(byte[] object) {
        String text = new String(object, UTF_8);
        return text.substring(0, text.indexOf('\n') + 1);
    }

    private static byte[] with(byte[] object, int index, int... bytes) {
        byte[] changed = object.clone();
        for (int i = 0; i < bytes.length; i++) {
            changed[index + i] = (byte) bytes[i];
        }
        return changed;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private StateConsole.Result settleMissing() {
        return new StateConsole(world.settings, world.clock).state("settle", "--missing", "--yes");
    }

    private void delete(String key) {
        World.s3().client().deleteObject(delete -> delete.bucket(world.bucket).key(key));
    }

    private void put(String key, byte[] bytes) {
        World.s3().client().putObject(put -> put.bucket(world.bucket).key(key), RequestBody.fromBytes(bytes));
    }

    private static boolean isEvents(ProxiedRequest request) {
        return request.isWrite() && request.path().contains("/duo-telephony/");
    }

    private static boolean isEventsRead(ProxiedRequest request) {
        return request.method().equals("GET") && request.path().contains("/duo-telephony/");
    }

    private void failUdmWrites() {
        world.s3Proxy.plan(request -> isUdm(request) ? Fault.DROP_BEFORE : Fault.NONE);
    }

    private static boolean isUdm(ProxiedRequest request) {
        return request.isWrite() && request.path().contains("/" + World.UDM_PREFIX + "/");
    }
}
