// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a newcomer sees: README quotes some of these lines. */
class DemoTest {

    private static final int COLUMNS = 100;

    /** Nobody listens at port 1; whoever goes to 127.0.0.1 through this proxy does not arrive. */
    private static final Map<String, String> PROXY = Map.of("http.proxyHost", "127.0.0.1", "http.proxyPort", "1");

    @BeforeEach
    void behindAProxy() {
        PROXY.forEach(System::setProperty);
    }

    @AfterEach
    void inTheOpen() {
        PROXY.keySet().forEach(System::clearProperty);
    }

    @Test
    @Timeout(60) // 8 s, and some for a busy machine
    void story_endsWellWithEveryEventOnce() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();

        boolean good = new Demo(new PrintStream(shown, true, UTF_8), Path.of("target", "demo-test"), "1ms").run();

        List<String> lines = shown.toString(UTF_8).lines().toList();
        assertThat(good).as(shown.toString(UTF_8)).isTrue();
        assertThat(lines)
                .contains("    duo.lookback    = 3d", "    duo.page.pause  = 1ms", "    s3.path-style   = true")
                .anyMatch(line -> line.startsWith("  Page 1: 1,000 events,   997 new, in telephony_"))
                .anyMatch(line -> line.startsWith("  4 objects with 3,603 lines, 1,086,"))
                .anyMatch(line -> line.startsWith("  Page 1:    13 events,     5 new, in telephony_"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
        assertThat(lines)
                .endsWith(
                        "  Duo showed 3,608 different events; the bucket has 3,608 lines in 5 objects.",
                        "  Every event is in the bucket exactly once.");
    }

    @Test
    void tally_isGood_onlyWithEachEventOnceAsSent() {
        List<String> events = List.of("{\"a\":1}", "{\"b\":2}");
        String a = "{\"a\":1,\"eventtype\":\"telephony\",\"host\":\"h\"}";
        String b = "{\"b\":2,\"eventtype\":\"telephony\",\"host\":\"h\"}";

        assertThat(DemoTally.of(events, List.of(b, a))).isEqualTo(new DemoTally(2, 2, 0, 0, 0));
        assertThat(DemoTally.of(events, List.of(b, a)).good()).isTrue();
        assertThat(DemoTally.of(events, List.of(a))).isEqualTo(new DemoTally(2, 1, 1, 0, 0));
        assertThat(DemoTally.of(events, List.of(a)).good()).isFalse();
        assertThat(DemoTally.of(events, List.of(a, b, b))).isEqualTo(new DemoTally(2, 3, 0, 1, 0));
        assertThat(DemoTally.of(events, List.of(a, b, b)).good()).isFalse();
        assertThat(DemoTally.of(events, List.of(a, b, "{}"))).isEqualTo(new DemoTally(2, 3, 0, 0, 1));
        assertThat(DemoTally.of(events, List.of(a, b, "{}")).good()).isFalse();
    }
}
