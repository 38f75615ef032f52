// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.TestSettings;
import dev.duocollector.source.DuoFailure;
import dev.duocollector.source.DuoFailureExplainer;
import dev.duocollector.source.DuoRequestException;
import dev.duocollector.state.Cursor;
import dev.duocollector.state.Window;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is waited for never passes here: a test that waits for it fails. */
@Timeout(30)
class DuoRetryTest {

    private static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");
    private static final int DRAWS = 200;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Exchange exchange = new DefaultExchange(context);
    private final Pause pause = new Pause();
    private Run run = run();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // a clock that overflows, as nanoTime may
    private final DuoRetry duoRetry = new DuoRetry(nanos::get);

    @BeforeEach
    void start() {
        pause.setCamelContext(context);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest(name = "retry {1} after {0}, at most {2} s")
    @CsvSource({
        "429, 1,    120, 30",
        "429, 2,    120, 60",
        "429, 3,    120, 120",
        "429, 4,    120, 120",
        "429, 1000, 120, 120",
        "429, 1,    10,  10",
        "429, 2,    45,  45",
        "429, 9,    3600, 3600",
        "500, 1,    120, 1",
        "503, 2,    120, 2",
        "502, 3,    120, 4",
        "500, 6,    120, 32",
        "500, 7,    120, 60",
        "500, 1000, 120, 60",
        "500, 4,    5,   5",
        "0,   1,    120, 1",
        "0,   5,    120, 16",
        "0,   7,    120, 60",
    })
    void delay_doubles_upToItsBound_withJitter(int status, int retry, int delayMax, int seconds) {
        Stream stream = TestStream.with("duo.retry.delay-max", delayMax + "s");
        Duration whole = Duration.ofSeconds(seconds);
        Set<Duration> delays = new HashSet<>();
        for (int i = 0; i < DRAWS; i++) {
            delays.add(DuoRetry.delay(stream, failure(status, Map.of()), retry));
        }

        assertThat(delays)
                .allSatisfy(delay ->
                        assertThat(delay).isBetween(whole.multipliedBy(4).dividedBy(5), whole));
        assertThat(delays).as("jitter").hasSizeGreaterThan(DRAWS / 20);
    }

    @Test
    void delay_isNone_whenItsBoundIsNone() {
        Stream stream = TestStream.with("duo.retry.delay-max", "0s");

        assertThat(DuoRetry.delay(stream, failure(429, Map.of()), 1)).isZero();
        assertThat(DuoRetry.delay(stream, failure(0, Map.of()), 9)).isZero();
    }

    @ParameterizedTest(name = "{0}: {1} after {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After | 7                              | 429 | PT7S",
                "retry-after | 7                              | 429 | PT7S",
                "RETRY-AFTER | ' 86400 '                      | 429 | PT24H",
                "Retry-After | 90                             | 503 | PT1M30S",
                "Retry-After | Mon, 23 Nov 2026 09:00:42 GMT  | 429 | PT42S",
            })
    void retryAfter_isObeyed_toTheSecond(String name, String value, int status, Duration delay) {
        assertThat(DuoRetry.delay(TestStream.with(), failure(status, Map.of("Date", "x", name, value)), 3))
                .isEqualTo(delay);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "0",
                "soon",
                "1.5",
                "9999999999",
                "Mon, 23 Nov 2026 08:59:59 GMT",
                "Mon, 23 Nov 2026 09:00:00 GMT",
                "23 Kas 2026 09:00:42"
            })
    void retryAfter_isPassedOver_whenItSaysNothing(String value) {
        assertThat(DuoRetry.delay(TestStream.with(), failure(429, Map.of("Retry-After", value)), 1))
                .isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
        assertThat(DuoRetry.delay(TestStream.with(), failure(429, null), 1))
                .isBetween(Duration.ofSeconds(24), Duration.ofSeconds(30));
    }

    @Test
    void request_isMadeAgain_untilMaxElapsedIsOver() {
        run = run("duo.retry.delay-max", "0s");
        fail(failure(429, Map.of()));

        assertThat(duoRetry.matches(exchange)).isTrue();
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(duoRetry.matches(exchange)).as("just at the bound").isTrue();
        nanos.addAndGet(1);
        assertThat(duoRetry.matches(exchange)).isFalse();
    }

    @Test
    void request_isGivenUpAtOnce_whenRetryAfterExceedsWhatIsLeft() {
        fail(failure(429, Map.of("Retry-After", "601")));
        assertThat(duoRetry.matches(exchange)).isFalse();

        run = run("duo.retry.delay-max", "0s");
        fail(failure(429, Map.of()));
        assertThat(duoRetry.matches(exchange)).isTrue();
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        fail(failure(429, Map.of("Retry-After", "61")));
        assertThat(duoRetry.matches(exchange)).isFalse();
    }

    @Test
    void nextRequest_hasAllItsTimeAgain() {
        run = run("duo.retry.delay-max", "0s");
        fail(failure(500, Map.of()));
        assertThat(duoRetry.matches(exchange)).isTrue();
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        assertThat(duoRetry.matches(exchange)).isTrue();

        run.read(Window.unread(NOW.minusSeconds(3600), NOW, 1000));
        run.pageRead(Cursor.after("a"), true, 0);

        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        assertThat(duoRetry.matches(exchange)).isTrue();
        nanos.addAndGet(Duration.ofMinutes(11).toNanos());
        assertThat(duoRetry.matches(exchange)).isFalse();
    }

    @Test
    void retries_areCounted_fromTheFirstFailure() {
        assertThat(run.retries().next(0)).isEqualTo(1);
        assertThat(run.retries().next(7)).isEqualTo(2);
        assertThat(run.retries().nanos(10)).isEqualTo(10);
    }

    @Test
    void request_isNotMadeAgain_withoutTimeForIt() {
        fail(failure(0, Map.of()));

        run = run("duo.retry.max-elapsed", "0s");
        assertThat(duoRetry.matches(exchange)).isFalse();
    }

    @Test
    void request_isNotMadeAgain_whenTheProgramStops() {
        fail(failure(429, Map.of("Retry-After", "300")));
        context.stop();

        assertThat(duoRetry.matches(exchange)).isFalse();
    }

    private Run run(String... settings) {
        Run begun =
                new Run(TestStream.builder(settings).pause(pause).build().all().get(0));
        exchange.setVariable(Run.VARIABLE, begun);
        return begun;
    }

    private void fail(DuoFailure failure) {
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new DuoRequestException(failure, new IOException()));
    }

    /** An answer of Duo's, or with 0 a network's failure. */
    private static DuoFailure failure(int status, @Nullable Map<String, String> headers) {
        IOException network = new UnknownHostException(TestSettings.API_HOST);
        return new DuoFailureExplainer(TestSettings.with(), Clock.fixed(NOW, ZoneOffset.UTC))
                .explain(
                        status == 0
                                ? network
                                : new HttpOperationFailedException(
                                        "https://" + TestSettings.API_HOST, status, "", null, headers, ""));
    }
}
