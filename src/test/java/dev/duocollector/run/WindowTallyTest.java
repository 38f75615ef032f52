// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.run.WindowReading.WindowTally;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoPage;
import dev.duocollector.state.Cursor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Duo says that a window holds may be any number. */
class WindowTallyTest {

    @ParameterizedTest
    @CsvSource({
        "6, 1",
        "5, 0",
        "0, 0",
        "-1, 0",
        "-9223372036854775808, 0",
        "-9223372036854775804, 0",
        "9223372036854775807, 9223372036854775802"
    })
    void withheld_isWhatWasSaidAndNotGiven(long said, long withheld) throws IOException {
        DuoEvent event = DuoEvent.of("{}".getBytes(StandardCharsets.UTF_8), DuoLog.TELEPHONY);
        WindowTally tally = new WindowTally();

        tally.given(
                Cursor.START,
                new DuoPage(
                        Collections.nCopies(5, event), Optional.empty(), 2, OptionalLong.of(said), Optional.empty()));

        assertThat(tally.withheld()).isEqualTo(withheld);
        assertThat(tally.asksAgain()).isEqualTo(withheld > 0);
    }
}
