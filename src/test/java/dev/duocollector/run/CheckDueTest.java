// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When yesterday is to be compared: once for each time of verify.schedule that has come since the look before. */
class CheckDueTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            each day        | 0 30 3 * * ? | 03:29:00 03:29:59 03:30:00 03:31:00 | false false true false
            late look       | 0 30 3 * * ? | 03:29:00 05:00:00 05:01:00          | false true false
            started after   | 0 30 3 * * ? | 03:30:00 03:31:00                   | false false
            two times past  | 0 0 * * * ?  | 03:29:00 05:10:00 05:11:00          | false true false
            clock set back  | 0 30 3 * * ? | 03:29:00 03:30:00 03:29:30 03:30:10 | false true false true
            never           | ''           | 03:29:00 03:30:00 03:31:00          | false false false
            """)
    void isDue_onceForATimeThatHasCome(String what, String schedule, String looks, String due) {
        List<Instant> times = Arrays.stream(looks.split(" "))
                .map(time -> Instant.parse("2026-11-23T" + time + "Z"))
                .toList();
        Iterator<Instant> next = times.iterator();
        Streams streams = TestStream.builder("verify.schedule", schedule)
                .clock(((InstantSource) next::next).withZone(ZoneOffset.UTC))
                .build();

        List<String> answers = new ArrayList<>();
        times.forEach(time -> answers.add(Boolean.toString(streams.isCheckDue())));

        assertThat(String.join(" ", answers)).as(what).isEqualTo(due);
    }
}
