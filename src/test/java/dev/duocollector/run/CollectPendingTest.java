// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Checkpoint;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The batch in doubt holds two events, of 08:10:00.123456 and 08:20:00.123456; in the state stand their milliseconds. */
class CollectPendingTest {

    private static final Instant MINTIME = Instant.parse("2026-11-23T08:00:00Z");
    private static final Window WINDOW = Window.unread(MINTIME, MINTIME.plusSeconds(3600), 3);
    private static final DuoEvent FIRST = event("first", "08:10:00.123456");
    private static final DuoEvent LAST = event("last", "08:20:00.123456");
    private static final Batch PENDING =
            new Batch("duo-telephony/a", Map.of(FIRST.eventKey(), at(FIRST), LAST.eventKey(), at(LAST)), Cursor.END);

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final Run run = new Run(TestStream.with());

    @BeforeEach
    void recover() {
        exchange.setVariable(Run.VARIABLE, run);
        run.read(WINDOW);
        run.recover(PENDING);
    }

    @Test
    void batch_isFound_amongWhatJoinedItsPage() {
        collect(event("joined", "08:00:01"), FIRST, event("joined", "08:15:00"));
        assertThat(run.isMore()).isTrue();
        assertThat(run.cursor()).isEqualTo(Cursor.after("offset behind 1"));

        collect(LAST);

        assertThat(run.isMore()).as("all of it is found").isFalse();
        assertThat(run.current().givenAgain()).containsExactly(FIRST, LAST);
    }

    @Test
    void event_isFoundOnce_howeverOftenItComes() {
        collect(FIRST, FIRST);
        collect(FIRST, LAST);

        assertThat(run.current().givenAgain()).containsExactly(FIRST, LAST);
    }

    /** An event may be missing that has a page's last time: what follows of the same millisecond may be it. */
    @ParameterizedTest(name = "a page that ends at {0}")
    @CsvSource({
        "08:10:00.124,    true",
        "08:19:59.999999, true",
        "08:20:00.123,    true",
        "08:20:00.123456, true",
        "08:20:00.123999, true",
        "08:20:00.124,    false",
        "08:59:59,        false",
    })
    void search_ends_pastTheBatchsLastTime(String ts, boolean more) {
        collect(FIRST, event("another", ts));

        assertThat(run.isMore()).isEqualTo(more);
        assertThat(run.current().givenAgain()).containsExactly(FIRST);
    }

    @Test
    void search_goesOn_whenAPageSaysNothingOfTime() {
        collect(FIRST, event("without a time", ""));

        assertThat(run.isMore()).isTrue();
    }

    private void collect(DuoEvent... events) {
        Optional<String> next = Optional.of("offset behind " + (run.tally().pages() + 1));
        exchange.getMessage().setBody(new DuoPage(List.of(events), next, 1, OptionalLong.empty(), Optional.empty()));
        new CollectPending().process(exchange);
    }

    private static Instant at(DuoEvent event) {
        return Checkpoint.toMillis(event.ts().orElseThrow());
    }

    private static DuoEvent event(String name, String time) {
        String ts = time.isEmpty() ? "" : ",\"ts\":\"2026-11-23T" + time + "Z\"";
        try {
            return DuoEvent.of(("{\"txid\":\"" + name + "\"" + ts + "}").getBytes(UTF_8), DuoLog.TELEPHONY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
