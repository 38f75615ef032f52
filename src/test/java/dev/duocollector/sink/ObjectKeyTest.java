// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.KeyPrefix;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectKeyTest {

    private static final KeyPrefix PREFIX = new KeyPrefix("duo-telephony");
    private static final Instant MAXTIME = Instant.parse("2026-11-23T08:15:00.123Z");
    private static final String A = "aaaaaaaaaaaaaaaaaaaaaa";
    private static final String B = "bbbbbbbbbbbbbbbbbbbbbb";

    /** The digests are Python's: hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:12]. */
    @Test
    void key_namesWindowPageAndBatch() {
        assertThat(ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 7, List.of(B, A), false))
                .hasToString("duo-telephony/telephony_20261123T081500.123Z_00007_25c056ba8eb4.ndjson");
        assertThat(ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 7, List.of(A), true))
                .hasToString("duo-telephony/telephony_20261123T081500.123Z_00007_ec7c494df6d2.ndjson.gz");
    }

    @Test
    void key_doesNotDependOnTheOrderOfEventKeys() {
        assertThat(ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 0, List.of(A, B), false))
                .isEqualTo(ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 0, List.of(B, A), false))
                .isNotEqualTo(ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 0, List.of(A), false))
                .isNotEqualTo(ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 1, List.of(A, B), false));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z,           0,      telephony_20260102T030405.000Z_00000_ec7c494df6d2.ndjson",
        "2026-01-02T03:04:05.999999999Z, 99999,  telephony_20260102T030405.999Z_99999_ec7c494df6d2.ndjson",
        "2026-12-31T23:59:59.001Z,       100000, telephony_20261231T235959.001Z_100000_ec7c494df6d2.ndjson",
    })
    void name_isSpelledOutInFull(Instant maxtime, int page, String key) {
        assertThat(ObjectKey.of(new KeyPrefix(""), DuoLog.TELEPHONY, maxtime, page, Set.of(A), false)
                        .value())
                .isEqualTo(key);
    }

    @Test
    void batchWithoutEvents_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, 0, List.of(), false))
                .withMessageContaining("eventKeys is empty");
    }

    @Test
    void negativePage_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectKey.of(PREFIX, DuoLog.TELEPHONY, MAXTIME, -1, List.of(A), false))
                .withMessageContaining("page is -1");
    }
}
