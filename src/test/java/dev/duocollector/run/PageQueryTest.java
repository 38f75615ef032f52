// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.duocollector.s3.MemoryS3;
import dev.duocollector.settings.LogSettings;
import dev.duocollector.settings.TestSettings;
import dev.duocollector.source.DuoRequestSigner;
import dev.duocollector.state.CollectorState;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

class PageQueryTest {

    private static final String OFFSET = "1795421700123,5bf1a860-fe39-49e3-be29-217659663a74";
    private static final Instant MINTIME = Instant.parse("2026-11-23T08:00:00.001Z");
    private static final Instant MAXTIME = Instant.parse("2026-11-23T09:15:00Z");

    private final S3Client s3 = new MemoryS3().client();
    private Run run = new Run(TestStream.with());

    @Test
    void firstPage_isAskedForByTheWholeWindow() {
        assertThat(PageQuery.parameters(Window.unread(MINTIME, MAXTIME, 1000), Cursor.START))
                .containsExactly(
                        entry("limit", "1000"),
                        entry("maxtime", "1795425300000"),
                        entry("mintime", "1795420800001"),
                        entry("sort", "ts:asc"));
    }

    @Test
    void laterPage_isAskedForByTheWholeWindow_andTheOffset() {
        assertThat(PageQuery.parameters(Window.unread(MINTIME, MAXTIME, 1), Cursor.after(OFFSET)))
                .containsExactly(
                        entry("limit", "1"),
                        entry("maxtime", "1795425300000"),
                        entry("mintime", "1795420800001"),
                        entry("next_offset", OFFSET),
                        entry("sort", "ts:asc"));
    }

    /** In seconds, ten digits, Duo would take them for January 1970 and answer with nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"2001-09-09T01:46:40Z", "2026-11-23T08:00:00Z", "2286-11-20T17:46:39.998Z"})
    void times_areMilliseconds_ofThirteenDigits(Instant mintime) {
        Map<String, String> parameters =
                PageQuery.parameters(Window.unread(mintime, mintime.plusMillis(1), 1), Cursor.START);

        assertThat(parameters.get("mintime")).matches("[0-9]{13}");
        assertThat(parameters.get("maxtime")).matches("[0-9]{13}");
    }

    @Test
    void query_isLeftForTheSigner_andEachOffsetRemembered() {
        openWindow(Window.unread(MINTIME, MAXTIME, 7), MAXTIME);
        run.pageRead(Cursor.after(OFFSET), true, 0);

        Exchange exchange = query(MAXTIME);

        assertThat(exchange.getVariable(DuoRequestSigner.QUERY))
                .isEqualTo(PageQuery.parameters(Window.unread(MINTIME, MAXTIME, 7), Cursor.after(OFFSET)));
        assertThat(run.reading().hasSent(OFFSET)).isTrue();
        assertThat(run.reading().hasSent("another")).isFalse();

        run.pageRead(Cursor.after("another"), true, 0);
        query(MAXTIME);

        assertThat(run.reading().hasSent("another")).isTrue();
        assertThat(run.reading().hasSent(OFFSET)).as("offsets may go round").isTrue();
    }

    @Test
    void mintimeThatDuoStillAnswers_isLeftAsItIs() {
        Window window = Window.unread(MINTIME, MAXTIME, 7);
        Instant now = MINTIME.plus(LogSettings.RETENTION).plus(Duration.ofMinutes(29));
        CollectorState repository = openWindow(window, now);

        query(now);

        assertThat(run.window()).isEqualTo(window);
        assertThat(repository.checkpoint().openWindow()).contains(window);
    }

    @Test
    void mintimeThatDuoRefuses_isRaised_inMemory_andInTheQuery_andTheCursorKept() {
        Instant now = MINTIME.plus(LogSettings.RETENTION).plus(Duration.ofMinutes(31));
        CollectorState repository = openWindow(Window.unread(MINTIME, MAXTIME, 7), now);
        run.pageRead(Cursor.after(OFFSET), true, 0);

        Exchange exchange = query(now);

        Instant raised = MINTIME.plus(Duration.ofMinutes(31)).plusMillis(1);
        assertThat(exchange.getVariable(DuoRequestSigner.QUERY))
                .isEqualTo(PageQuery.parameters(Window.unread(raised, MAXTIME, 7), Cursor.after(OFFSET)));
        assertThat(repository.checkpoint().openWindow()).contains(Window.unread(raised, MAXTIME, 7));
        assertThat(reopened(now).open(asked -> now))
                .as("nothing is raised before Duo has answered")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "an ordinary window, PT1H10M, START, ''",
        "at most that long, PT2H, START, ''",
        "a longer one, PT2H0.001S, START, Reading window 2026-11-23T08:00:00.001Z..2026-11-23T10:00:00.002Z.",
        "a first one, P179D, START, Reading window",
        "one that an earlier run began, PT1H, OFFSET, from its page 3 on"
    })
    void window_isToldOnce_beforeItIsRead(String what, Duration length, Cursor.Position position, String expected) {
        Instant maxtime = MINTIME.plus(length);
        Cursor cursor = position == Cursor.Position.START ? Cursor.START : Cursor.after(OFFSET);
        openWindow(new Window(MINTIME, maxtime, 7, cursor, cursor.equals(Cursor.START) ? 1 : 3), maxtime);

        try (CapturedLines lines = CapturedLines.of(PageQuery.class)) {
            query(maxtime);
            query(maxtime);

            assertThat(lines.taken()).as(what).hasSize(expected.isEmpty() ? 0 : 1);
            assertThat(String.join("", lines.taken())).contains(expected);
        }
    }

    private CollectorState openWindow(Window window, Instant now) {
        run = new Run(TestStream.builder()
                .s3Client(s3)
                .clock(Clock.fixed(now, ZoneOffset.UTC))
                .build()
                .all()
                .get(0));
        CollectorState repository = run.stream().state();
        repository.open(asked -> now);
        repository.openWindow(window);
        run.read(window);
        return repository;
    }

    private CollectorState reopened(Instant now) {
        return CollectorState.of(s3, TestSettings.with(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private Exchange query(Instant now) {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setVariable(Run.VARIABLE, run);
        run.began(RunTime.local(Clock.fixed(now, ZoneOffset.UTC), () -> 0));
        new PageQuery().process(exchange);
        return exchange;
    }
}
