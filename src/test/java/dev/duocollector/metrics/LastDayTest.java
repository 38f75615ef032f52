// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.duocollector.run.RunListener;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LastDayTest {

    private static final Instant BEGIN = Instant.parse("2026-11-23T08:59:00Z");

    private final LastDay day = new LastDay(BEGIN);

    private void add(String time, int events) {
        day.add(Instant.parse(time), delivery(events));
    }

    private static RunListener.Delivery delivery(int events) {
        return new RunListener.Delivery(events, 0, 1, 10, 0, new RunListener.Calls());
    }

    private String at(String time) {
        StringBuilder shown = new StringBuilder();
        for (long count : day.events(Instant.parse(time))) {
            shown.append(count == 0 ? "." : String.valueOf(count));
        }
        return shown.toString();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "in the same hour,       2026-11-23T09:59:59Z, ......................12",
        "in the next hour,       2026-11-23T10:00:00Z, .....................12.",
        "before the oldest ends, 2026-11-24T07:59:59Z, 12......................",
        "an hour later,          2026-11-24T08:00:00Z, 2.......................",
        "after a day,            2026-11-24T09:00:00Z, ........................",
        "after a year,           2027-11-24T09:00:00Z, ........................",
        "by a clock set back,    2026-11-23T08:30:00Z, .......................1",
    })
    void shows24Hours_upToNow(String when, String now, String shown) {
        add("2026-11-23T08:59:59Z", 1);
        add("2026-11-23T09:00:00Z", 2);

        assertThat(at(now)).isEqualTo(shown);
        assertThat(day.since()).isEqualTo(BEGIN);
    }

    @Test
    void countsAnew_whereItCountedADayAgo() {
        add("2026-11-23T09:00:00Z", 5);
        add("2026-11-24T09:30:00Z", 3);
        add("2026-11-24T11:30:00Z", 4);

        assertThat(at("2026-11-24T11:59:00Z")).isEqualTo(".....................3.4");
    }

    @Test
    void aClockThatWasAheadForAWhile_leavesNothingOfTheFuture() {
        add("2026-11-23T09:00:00Z", 1);
        add("2026-12-24T09:00:00Z", 9);
        assertThat(at("2026-11-23T09:10:00Z")).isEqualTo("........................");
        add("2026-11-23T09:20:00Z", 2);

        assertThat(at("2026-11-23T09:30:00Z")).isEqualTo(".......................2");
    }

    @Test
    void aCountBeyondItsBound_staysThere() {
        add("2026-11-23T09:00:00Z", Integer.MAX_VALUE);
        add("2026-11-23T09:00:00Z", Integer.MAX_VALUE);

        assertThat(Arrays.stream(day.events(BEGIN.plusSeconds(60))).max()).hasValue(Integer.MAX_VALUE);
    }

    /** The bound that design sets, by what the JVM says that it has given away. */
    @Test
    void aThousandStreams_takeLessThanAMegabyte_andARunNothing() {
        RunMetrics metrics = metrics();
        for (int i = 0; i < 1000; i++) {
            metrics.ofStream(Map.of("account", "account-" + i));
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        metrics.keepLastDays();
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(taken).isBetween(100_000L, 1_000_000L);

        LastDay some = metrics.status(Map.of("account", "account-7"))
                .orElseThrow()
                .lastDay()
                .orElseThrow();
        RunListener.Delivery delivery = delivery(7);
        some.add(BEGIN, delivery);
        before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            some.add(BEGIN, delivery);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("of 1000 pages")
                .isLessThan(200_000);
    }

    @Test
    void isNotKept_unlessAskedFor_andThenOfLaterStreamsToo() {
        RunMetrics metrics = metrics();
        metrics.ofStream(Map.of("account", "a"));
        assertThat(metrics.status(Map.of("account", "a")).orElseThrow().lastDay())
                .isEmpty();

        metrics.keepLastDays();
        metrics.ofStream(Map.of("account", "b")).delivered(delivery(3));

        assertThat(metrics.status(Map.of("account", "a")).orElseThrow().lastDay())
                .isPresent();
        assertThat(metrics.status(Map.of("account", "b")).orElseThrow().lastDay())
                .hasValueSatisfying(kept ->
                        assertThat(Arrays.stream(kept.events(BEGIN)).sum()).isEqualTo(3));
        assertThat(metrics.status(Map.of("account", "c"))).isEmpty();
    }

    private static RunMetrics metrics() {
        RunMetrics metrics = new RunMetrics(Clock.fixed(BEGIN, ZoneOffset.UTC));
        metrics.setCamelContext(new DefaultCamelContext());
        return metrics;
    }
}
