// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.fault.Fault;
import dev.duocollector.fault.FaultPlan;
import dev.duocollector.fault.FaultPlan.Tries;
import dev.duocollector.fault.ProxiedRequest;
import dev.duocollector.sink.S3OperationException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.camel.spi.IdempotentRepository;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The repository as any route may use it, over HTTP; the state machine below it has its own in CollectorStateTest. */
@Timeout(60) // a slow start of the server
class S3IdempotentRepositoryTest implements IdempotentRepositoryContract {

    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00.123456789Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration OVERLAP = Duration.ofMinutes(10);

    private static StateBucket bucket;

    private IdempotentRepository repository;

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
        repository = reopened();
    }

    @Override
    public IdempotentRepository repository() {
        return repository;
    }

    private static S3IdempotentRepository reopened() {
        return new S3IdempotentRepository(bucket.state(OVERLAP, CLOCK), CLOCK);
    }

    // ---- What memory cannot do.

    @Test
    void confirm_isDurable() {
        repository.add("a");
        repository.confirm("a");

        assertThat(reopened().contains("a")).isTrue();
        assertThat(reopened().add("a")).isFalse();
        assertThat(bucket.state().eventKeys())
                .as("dated by the clock, to the millisecond")
                .containsExactly(Map.entry("a", Instant.parse("2026-11-23T09:00:00.123Z")));
    }

    @Test
    void confirm_ofAKeyThatNobodyAdded_isRefused() {
        assertThat(repository.confirm("a")).isFalse();

        assertThat(repository.contains("a")).isFalse();
        assertThat(bucket.text()).isEmpty();
    }

    @Test
    void confirm_twice_writesOnce() {
        repository.add("a");
        repository.confirm("a");
        assertThat(repository.confirm("a")).isTrue();

        assertThat(bucket.writes()).isEqualTo(1);
    }

    @Test
    void addedKey_doesNotCountAfterAReopen_unlessConfirmed() {
        repository.add("added");
        repository.add("confirmed");
        repository.confirm("confirmed");
        assertThat(repository.contains("added")).isTrue();

        assertThat(reopened().contains("added")).isFalse();
        assertThat(reopened().add("added")).isTrue();
        assertThat(reopened().contains("confirmed")).isTrue();
    }

    @Test
    void remove_ofAConfirmedKey_isDurable() {
        repository.add("a");
        repository.confirm("a");
        assertThat(reopened().contains("a")).isTrue();

        repository.remove("a");

        assertThat(reopened().contains("a")).isFalse();
    }

    @Test
    void clear_isDurable_andKeepsTheCheckpoint() {
        CollectorState collector = bucket.state(OVERLAP, CLOCK);
        Window window = Window.unread(NOW.truncatedTo(ChronoUnit.HOURS), Checkpoint.toMillis(NOW), 7);
        Batch batch = new Batch("duo-telephony/a", Map.of("a", window.mintime()), Cursor.after("offset"));
        collector.open(asked -> NOW);
        collector.openWindow(window);
        collector.declare(batch);
        collector.confirm(batch);
        collector.save();
        Checkpoint checkpoint = collector.checkpoint();
        assertThat(repository.contains("a")).isTrue();

        repository.clear();

        assertThat(bucket.state().eventKeys()).isEmpty();
        assertThat(bucket.state().checkpoint()).isEqualTo(checkpoint);
        assertThat(reopened().contains("a")).isFalse();
    }

    @Test
    void confirmThatFails_confirmsNothing_andMayBeMadeAgain() {
        repository.add("a");
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DROP_BEFORE));
        assertThatThrownBy(() -> repository.confirm("a")).isInstanceOf(S3OperationException.class);
        assertThat(bucket.text()).isEmpty();

        bucket.proxy().plan(FaultPlan.none());

        assertThat(repository.add("a")).as("still in hand").isFalse();
        assertThat(repository.confirm("a")).isTrue();
        assertThat(reopened().contains("a")).isTrue();
    }

    @Test
    void confirmThatArrivesLate_isFoundByTheNextOne() {
        repository.add("a");
        repository.add("b");
        bucket.proxy().plan(FaultPlan.every(1, ProxiedRequest::isWrite, Fault.DELIVER_LATE));
        assertThatThrownBy(() -> repository.confirm("a")).isInstanceOf(S3OperationException.class);
        bucket.proxy().plan(FaultPlan.none());
        bucket.proxy().deliverLate();

        assertThat(repository.confirm("b")).isTrue();

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("a", "b");
        assertThat(repository.add("a")).isFalse();
    }

    @Test
    void secondProcess_isToldThatTheStateIsAnothers_andSeesItsKeysThen() {
        IdempotentRepository other = reopened();
        other.add("b");
        repository.add("a");
        repository.confirm("a");

        assertThatThrownBy(() -> other.confirm("b"))
                .isInstanceOf(RefusedException.class)
                .hasFieldOrPropertyWithValue("outcome", RunOutcome.OWNED)
                .hasMessageContaining("s3://logs/duo-telephony-state/state.json")
                .hasMessageContaining("run only one collector on a state key");

        assertThat(bucket.state().eventKeys()).containsOnlyKeys("a");
        assertThat(other.contains("a")).isTrue();
    }

    @Test
    void refusedState_isNeverOverwritten_howeverOftenItIsUsed() {
        S3IdempotentRepository foreign = new S3IdempotentRepository(
                new CollectorState(bucket.store(), "somebody else's", OVERLAP, CLOCK), CLOCK);
        repository.add("a");
        repository.confirm("a");
        String before = bucket.text().orElseThrow();

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> foreign.add("b")).isInstanceOf(StateRefusedException.class);
            assertThatThrownBy(() -> foreign.confirm("b")).isInstanceOf(StateRefusedException.class);
            assertThatThrownBy(() -> foreign.contains("b")).isInstanceOf(StateRefusedException.class);
            assertThatThrownBy(foreign::clear).isInstanceOf(StateRefusedException.class);
        }

        assertThat(bucket.text()).contains(before);
    }

    @Test
    void lostAnswer_isASuccess() {
        bucket.proxy().plan(FaultPlan.logical(FaultPlan.at(1, ProxiedRequest::isWrite, Fault.DROP_AFTER), Tries.FIRST));
        repository.add("a");

        assertThat(repository.confirm("a")).isTrue();
        assertThat(bucket.proxy().faulted()).hasSize(1);
        assertThat(reopened().contains("a")).isTrue();
    }

    @Test
    void repository_printsWhereItLies() {
        assertThat(repository).hasToString("S3IdempotentRepository[s3://logs/duo-telephony-state/state.json]");
    }
}
