// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultPlan.Tries;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.route.World;
import dev.duocollector.settings.AccountSettings.S3Connection;
import dev.duocollector.sink.S3Clients;
import dev.duocollector.sink.S3OperationException;
import dev.duocollector.state.S3StateStore.Found;
import dev.duocollector.state.S3StateStore.Stored;
import dev.duocollector.testing.RawServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Compare-and-swap over HTTP, with each way in which a write can fail, half fail, or succeed without anybody hearing of it. */
@Timeout(60) // a slow start of the server
class S3StateStoreTest {

    private static final String PLACE = "s3://logs/duo-telephony-state/state.json";
    private static final String COPY = "duo-telephony-state/copy.json";
    private static final int WRITES_MAX = 4;

    private static StateBucket bucket;

    private S3StateStore store;

    @BeforeAll
    static void start() {
        bucket = new StateBucket();
    }

    @AfterAll
    static void stop() {
        bucket.close();
    }

    @BeforeEach
    void empty() {
        bucket.reset();
        store = bucket.store();
    }

    // ---- Reading.

    @Test
    void load_isEmpty_onlyWhenTheKeyIsMissing() {
        assertThat(load(store)).isEmpty();

        store.compareAndSwap(state("a"), null);

        assertThat(load(store)).isPresent();
    }

    @Test
    void load_isNotEmpty_whenTheBucketIsMissing() {
        assertRefused(() -> load(bucket.store("no-such-bucket")), "s3:GetObject", "s3://no-such-bucket/")
                .hasRootCauseInstanceOf(S3Exception.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"ANSWER_403", "ANSWER_503", "ANSWER_500_AFTER", "DROP_BEFORE", "DROP_AFTER"})
    void load_isNotEmpty_whenS3DoesNotAnswer(Fault fault) {
        bucket.proxy().plan(FaultPlan.every(1, request -> request.method().equals("GET"), fault));

        assertRefused(() -> load(store), "s3:GetObject", PLACE);
    }

    @Test
    void load_isNotEmpty_whenWhatIsThereIsNoState() {
        bucket.put("{\"last_offset\": null, \"last_timestamp_ms\": 1763885700124}".getBytes(UTF_8));

        assertThatThrownBy(() -> load(store))
                .isInstanceOf(StateRefusedException.class)
                .hasMessageContaining(PLACE);
    }

    // ---- Writing.

    @Test
    void firstWrite_asksForAnEmptyPlace_andTheNextForThatVersion() {
        Stored first = store.compareAndSwap(state("a"), null);
        Stored second = store.compareAndSwap(state("b"), first);

        assertThat(bucket.proxy().requests())
                .extracting(request -> request.header("if-none-match").orElse("-"))
                .containsExactly("*", "-");
        assertThat(bucket.proxy().requests())
                .extracting(request -> request.header("if-match").orElse("-"))
                .containsExactly("-", first.etag());
        assertThat(bucket.proxy().requests())
                .allSatisfy(
                        request -> assertThat(request.header("content-type")).hasValue("application/json"));
        assertLoads(second);
        assertThat(second.state().eventKeys()).containsOnlyKeys("b");
    }

    @Test
    void eachWrite_hasAnIdOfItsOwn() {
        Stored first = store.compareAndSwap(state("a"), null);
        Stored same = store.compareAndSwap(first.state(), first);

        assertThat(same.state().writeId()).isNotEqualTo(first.state().writeId());
        assertThat(same.etag()).isNotEqualTo(first.etag());
    }

    @Test
    void staleWrite_isOwned_andWritesNothing() {
        Stored first = store.compareAndSwap(state("a"), null);
        bucket.store().compareAndSwap(state("theirs"), first);

        assertOwned(state("mine"), first);

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("theirs");
    }

    @Test
    void firstWrite_isOwned_whenSomebodyWasFirst() {
        bucket.store().compareAndSwap(state("theirs"), null);

        assertOwned(state("mine"), null);

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("theirs");
    }

    @Test
    void deletedState_isOwned_andStaysDeleted() {
        Stored first = store.compareAndSwap(state("a"), null);
        bucket.delete(StateBucket.KEY);

        assertThatThrownBy(() -> store.compareAndSwap(state("b"), first))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED)
                .hasMessageContaining("The state at " + PLACE + " was deleted after");

        assertThat(bucket.text()).isEmpty();
    }

    // ---- Writes in doubt.

    /** FIRST: the SDK's own second try meets what the first one did. ALL: the SDK gives up, and the store has to ask. */
    @ParameterizedTest(name = "{0} on {1}, first write: {2}")
    @CsvSource({
        "DROP_AFTER,       FIRST, true",
        "DROP_AFTER,       FIRST, false",
        "DROP_AFTER,       ALL,   true",
        "DROP_AFTER,       ALL,   false",
        "ANSWER_500_AFTER, FIRST, true",
        "ANSWER_500_AFTER, FIRST, false",
        "ANSWER_500_AFTER, ALL,   true",
        "ANSWER_500_AFTER, ALL,   false",
        "ANSWER_503,       FIRST, true",
        "ANSWER_503,       FIRST, false",
        "ANSWER_503,       ALL,   true",
        "ANSWER_503,       ALL,   false",
        "DROP_BEFORE,      FIRST, true",
        "DROP_BEFORE,      FIRST, false",
        "DROP_BEFORE,      ALL,   true",
        "DROP_BEFORE,      ALL,   false",
    })
    void doubtfulWrite_takesEffectOnce_andReadingGoesOnFromIt(Fault fault, Tries tries, boolean firstWrite) {
        Stored before = firstWrite ? null : store.compareAndSwap(state("a"), null);
        bucket.proxy().reset();
        bucket.proxy().plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, fault), tries));

        Stored written = store.compareAndSwap(state("b"), before);

        assertThat(bucket.proxy().faulted()).as("the plan came to its request").isNotEmpty();
        assertThat(bucket.proxy().requests())
                .filteredOn(request -> request.isWrite() && request.status() == 200)
                .as("writes that took effect")
                .hasSize(1);
        assertThat(load(store).map(Stored::etag)).contains(written.etag());
        assertThat(store.compareAndSwap(state("c"), written).state().eventKeys())
                .as("the ETag is the right one")
                .containsOnlyKeys("c");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 412, 500, 503})
    void refusalInPassing_isWrittenAgain(int status) {
        Stored before = store.compareAndSwap(state("a"), null);
        AtomicInteger calls = new AtomicInteger();
        S3StateStore refusedOnce = new S3StateStore(
                new DelegatingS3Client(bucket.client()) {
                    @Override
                    public PutObjectResponse putObject(PutObjectRequest put, RequestBody body) {
                        if (calls.incrementAndGet() == 1) {
                            throw S3Exception.builder()
                                    .statusCode(status)
                                    .message("In passing")
                                    .build();
                        }
                        return super.putObject(put, body);
                    }
                },
                StateBucket.BUCKET,
                StateBucket.KEY);

        Stored written = refusedOnce.compareAndSwap(state("b"), before);

        assertThat(calls).hasValue(2);
        assertThat(load(store).map(Stored::etag)).contains(written.etag());
    }

    /** What a store answers to a header that it does not know; a 500 is asked for again, above. */
    @Test
    void writeWhoseConditionIsNotKnown_isAnOperatorsMatter_atOnce() {
        AtomicInteger calls = new AtomicInteger();
        S3StateStore ignorant = changing(put -> {
            calls.incrementAndGet();
            throw S3Exception.builder()
                    .statusCode(501)
                    .awsErrorDetails(AwsErrorDetails.builder()
                            .errorCode("NotImplemented")
                            .build())
                    .build();
        });

        assertRefused(() -> ignorant.compareAndSwap(state("a"), null), "s3:PutObject", PLACE)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OPERATOR)
                .hasMessageContaining("(501 NotImplemented): the store does not know what the write asks for")
                .hasMessageContaining("Use a store that honors conditional writes");

        assertThat(calls).hasValue(1);
        assertThat(bucket.text()).isEmpty();
    }

    /** A gateway that makes ETags weak, or others: each If-Match fails, though nobody else has written. */
    @ParameterizedTest
    @ValueSource(strings = {"W/", "\"other\"", ""})
    void storeThatRefusesItsOwnETag_isAnOperatorsMatter(String change) {
        Stored before = store.compareAndSwap(state("a"), null);
        S3StateStore gateway = changing(put -> put.toBuilder()
                .ifMatch(change.endsWith("/") ? change + put.ifMatch() : change.isEmpty() ? put.ifMatch() : change)
                .build());

        if (change.isEmpty()) {
            assertThat(gateway.compareAndSwap(state("b"), before).state().eventKeys())
                    .containsOnlyKeys("b");
        } else {
            assertThatThrownBy(() -> gateway.compareAndSwap(state("b"), before))
                    .isInstanceOf(RefusedException.class)
                    .hasFieldOrPropertyWithValue("outcome", RunOutcome.OPERATOR)
                    .hasMessageContaining("The store refuses each write of " + PLACE + " with 412, for If-Match: "
                            + before.etag() + ", an ETag that it gave itself; by GET it is " + before.etag() + " now")
                    .hasMessageContaining("may change ETags", "without W/");
            assertThat(bucket.state().eventKeys()).containsOnlyKeys("a");
        }
    }

    @Test
    void storeThatFindsSomething_whereItSaysThatNothingIs_isAnOperatorsMatter() {
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_412));

        assertThatThrownBy(() -> store.compareAndSwap(state("a"), null))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OPERATOR)
                .hasMessageContaining("for If-None-Match: *, though it says that nothing is there");

        bucket.proxy().plan(FaultPlan.none());
        assertThat(store.compareAndSwap(state("a"), null).state().eventKeys()).containsOnlyKeys("a");
    }

    private static S3StateStore changing(UnaryOperator<PutObjectRequest> change) {
        return new S3StateStore(
                new DelegatingS3Client(bucket.client()) {
                    @Override
                    public PutObjectResponse putObject(PutObjectRequest put, RequestBody body) {
                        return super.putObject(change.apply(put), body);
                    }
                },
                StateBucket.BUCKET,
                StateBucket.KEY);
    }

    @Test
    void doubtfulWrite_isOwned_whenSomebodyElseWroteMeanwhile() {
        Stored before = store.compareAndSwap(state("a"), null);
        bucket.proxy().plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE), Tries.ALL));
        bucket.proxy().onRequest(request -> {
            if (request.fault() == Fault.DROP_BEFORE) {
                bucket.put(StateFormat.write(state("theirs")));
            }
        });

        assertOwned(state("mine"), before);

        bucket.proxy().onRequest(request -> {});
        assertThat(bucket.state().eventKeys()).containsOnlyKeys("theirs");
    }

    @Test
    void writeThatNeverGetsThrough_fails_andLeavesTheStateAsItWas() {
        Stored before = store.compareAndSwap(state("a"), null);
        bucket.proxy().reset();
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE));

        assertRefused(() -> store.compareAndSwap(state("b"), before), "s3:PutObject", PLACE);

        assertThat(bucket.proxy().requests())
                .filteredOn(ProxiedRequest::isWrite)
                .extracting(ProxiedRequest::logicalId)
                .as("calls, each with the SDK's own tries")
                .satisfies(ids -> assertThat(ids.stream().distinct()).hasSize(WRITES_MAX));
        bucket.proxy().plan(FaultPlan.none());
        assertLoads(before);
        assertThat(store.compareAndSwap(state("b"), before).state().eventKeys()).containsOnlyKeys("b");
    }

    @Test
    void writeThatIsForbidden_failsAtOnce() {
        Stored before = store.compareAndSwap(state("a"), null);
        bucket.proxy().reset();
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.ANSWER_403));

        assertRefused(() -> store.compareAndSwap(state("b"), before), "s3:PutObject", PLACE);

        assertThat(bucket.proxy().requests()).hasSize(1);
    }

    @Test
    void doubtfulWrite_fails_whenTheStateCannotBeRead() {
        bucket.proxy().plan(request -> request.isWrite() ? Fault.DROP_AFTER : Fault.ANSWER_403);

        assertRefused(() -> store.compareAndSwap(state("a"), null), "s3:GetObject", PLACE);
    }

    // ---- What an operator does.

    /** A copy that the SDK writes a second time, because the answer was lost, meets itself. */
    @ParameterizedTest
    @EnumSource(names = {"NONE", "DROP_BEFORE", "DROP_AFTER", "ANSWER_500_AFTER"})
    void copy_hasTheSameBytes_alsoOfWhatIsNoState(Fault fault) {
        bucket.put("{\"last_offset\": null}".getBytes(UTF_8));
        Found found = store.find().orElseThrow();
        bucket.proxy().plan(FaultPlan.at(1, ProxiedRequest::isWrite, fault));

        store.copy(found, COPY);

        assertThat(bucket.text(COPY)).contains("{\"last_offset\": null}");
    }

    @Test
    void copy_overwritesNothing() {
        bucket.put("a".getBytes(UTF_8));
        Found a = store.find().orElseThrow();
        store.copy(a, COPY);
        bucket.put("b".getBytes(UTF_8));
        Found b = store.find().orElseThrow();

        assertRefused(() -> store.copy(b, COPY), "s3:PutObject", PLACE.replace("state.json", "copy.json"));

        assertThat(bucket.text(COPY)).contains("a");
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "DROP_BEFORE", "DROP_AFTER", "ANSWER_500_AFTER"})
    void replacement_takesThePlaceOfWhatIsNoState(Fault fault) {
        bucket.put("no state".getBytes(UTF_8));
        Found damaged = store.find().orElseThrow();
        bucket.proxy().plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, fault), Tries.ALL));

        Stored stored = store.replace(state("a"), damaged);

        assertLoads(stored);
        assertThat(stored.state().eventKeys()).containsOnlyKeys("a");
    }

    /** Whoever replaces it may want to return to the program that wrote it. */
    @ParameterizedTest(name = "version {0}")
    @CsvSource({"1, true", "2, true", "3, false"})
    void replacement_keepsAStateOfAnOlderVersion(int version, boolean kept) {
        String before =
                new String(StateFormat.write(state("a")), UTF_8).replace("\"version\":3", "\"version\":" + version);
        bucket.put(before.getBytes(UTF_8));

        store.replace(state("b"), store.find().orElseThrow());

        assertThat(bucket.text(StateBucket.KEY + ".v2")).isEqualTo(kept ? Optional.of(before) : Optional.empty());
        assertThat(bucket.state().eventKeys()).containsOnlyKeys("b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void replacement_leavesAloneWhatSomebodyElseWrote(boolean wasThere) {
        if (wasThere) {
            bucket.put("no state".getBytes(UTF_8));
        }
        Found before = store.find().orElse(null);
        bucket.put(StateFormat.write(state("theirs")));

        assertThatThrownBy(() -> store.replace(state("mine"), before))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED);

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("theirs");
    }

    // ---- Writes that arrive late.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lateWrite_hasNoEffect_afterANewerOne(boolean firstWrite) {
        Stored before = firstWrite ? null : store.compareAndSwap(state("a"), null);
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DELIVER_LATE));
        assertRefused(() -> store.compareAndSwap(state("late"), before), "s3:PutObject", PLACE);
        bucket.proxy().plan(FaultPlan.none());
        Stored newer = bucket.store().compareAndSwap(state("newer"), before);

        assertThat(bucket.proxy().deliverLate())
                .extracting(ProxiedRequest::status)
                .isNotEmpty()
                .containsOnly(412);

        assertThat(load(store).map(Stored::etag)).contains(newer.etag());
    }

    @Test
    void lateWrite_hasNoEffect_afterItsOwnRepetition() {
        Stored before = store.compareAndSwap(state("a"), null);
        bucket.proxy().plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DELIVER_LATE), Tries.ALL));
        Stored written = store.compareAndSwap(state("b"), before);

        assertThat(bucket.proxy().deliverLate())
                .extracting(ProxiedRequest::status)
                .isNotEmpty()
                .containsOnly(412);

        assertThat(load(store).map(Stored::etag)).contains(written.etag());
        assertThat(store.compareAndSwap(state("c"), written).state().eventKeys())
                .containsOnlyKeys("c");
    }

    @Test
    void lateWrite_shutsOut_whoReadBeforeItArrived() {
        Stored before = store.compareAndSwap(state("a"), null);
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DELIVER_LATE));
        assertRefused(() -> store.compareAndSwap(state("late"), before), "s3:PutObject", PLACE);
        bucket.proxy().plan(FaultPlan.none());
        Stored read = load(bucket.store()).orElseThrow();
        bucket.proxy().deliverLate();

        assertOwned(state("mine"), read);

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("late");
    }

    @Test
    void store_printsWhereTheStateLies() {
        assertThat(store).hasToString(PLACE);
    }

    private void assertOwned(State next, @Nullable Stored before) {
        assertThatThrownBy(() -> store.compareAndSwap(next, before))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED)
                .hasMessage(
                        "Another collector has written " + PLACE + " since this run read it. This run stops; if that"
                                + " was not meant, run only one collector on a state key.");
    }

    private static Optional<Stored> load(S3StateStore store) {
        return store.find().map(store::stored);
    }

    /** But for the time: a write knows the date of its answer, and a read the object's, which may be of another second. */
    private void assertLoads(Stored stored) {
        assertThat(load(store))
                .get()
                .usingRecursiveComparison()
                .ignoringFields("writtenAt")
                .isEqualTo(stored);
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(ThrowingCallable call, String action, String place) {
        return assertThatThrownBy(call)
                .isInstanceOf(S3OperationException.class)
                .hasMessageContaining(action + " on " + place);
    }

    private static State state(String key) {
        Instant at = Instant.parse("2026-11-23T08:00:00Z");
        return new State(StateBucket.OWNER, "replaced", new Checkpoint(at, at, null, null), Map.of(key, at));
    }

    /** Announced or not, what is larger than a state can be is not read. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void objectLargerThanAState_isRefused(boolean announced) {
        World.s3(); // gives the credentials
        byte[] beginning = announced
                ? RawServer.head("200 OK", "Content-Length: " + (StateBytes.MAX + 1L), "ETag: \"a\"")
                : RawServer.head("200 OK", "Transfer-Encoding: chunked", "ETag: \"a\"");
        byte[] chunk = (Integer.toHexString(StateBytes.MAX + 1) + "\r\n").getBytes(StandardCharsets.UTF_8);
        try (RawServer large = RawServer.start();
                S3Client s3 = S3Clients.create(new S3Connection(
                        Optional.of("eu-central-1"),
                        Optional.of(URI.create("http://127.0.0.1:" + large.port())),
                        true,
                        Optional.empty(),
                        false))) {
            if (announced) {
                large.answer(beginning, new byte[1]);
            } else {
                large.answer(beginning, chunk, new byte[StateBytes.MAX + 1]);
            }

            assertThatThrownBy(() -> load(new S3StateStore(s3, "logs", "state.json")))
                    .isInstanceOfSatisfying(
                            StateRefusedException.class,
                            e -> assertThat(e)
                                    .hasMessageContaining(
                                            "s3://logs/state.json has more than " + StateBytes.MAX + " bytes"));
            assertThat(large.requests()).hasSize(1);
        }
    }

    /** It could not be read again. */
    @Test
    void stateLargerThanIsRead_isNotWritten() {
        State large = new State("a".repeat(StateBytes.MAX), "replaced", null, Map.of());

        assertThatThrownBy(() -> store.compareAndSwap(large, null))
                .isInstanceOf(StateRefusedException.class)
                .hasMessageContaining(PLACE + " has more than " + StateBytes.MAX + " bytes");

        assertThat(bucket.writes()).isZero();
    }

    @Test
    void stateWithoutAnETag_isNotRead() {
        Stored stored = store.compareAndSwap(state("a"), null);
        bucket.proxy().plan(request -> Fault.ANSWER_WITHOUT_ETAG);

        assertThatThrownBy(() -> load(store))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("gave " + StateBucket.KEY + " without an ETag");

        bucket.proxy().plan(FaultPlan.none());
        assertLoads(stored);
    }

    /** 409 is what a store says while the object is being written: for a run and for the check alike. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "412, PreconditionFailed, true",
        "409, ConditionalRequestConflict, true",
        "409, ConcurrentModification, true",
        "404, NoSuchKey, true",
        "404, NoSuchBucket, false",
        "403, AccessDenied, false",
        "501, NotImplemented, false",
        "500, InternalError, false"
    })
    void refusalByCondition_isJudgedInOnePlace(int status, String code, boolean refused) {
        S3Exception.Builder builder = code.equals("NoSuchKey") ? NoSuchKeyException.builder() : S3Exception.builder();
        SdkException failure = (SdkException) builder.statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();

        assertThat(ConditionalWrites.isRefused(failure)).isEqualTo(refused);
    }
}
