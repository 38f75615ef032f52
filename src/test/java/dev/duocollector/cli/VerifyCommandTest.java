// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.settings.TimeRange;
import dev.duocollector.verify.Comparison.Difference;
import dev.duocollector.verify.Comparison.Kind;
import dev.duocollector.verify.Comparison.Place;
import dev.duocollector.verify.Comparison.Result;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifyCommandTest {

    private static final TimeRange RANGE =
            new TimeRange(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-11-02T00:00:00Z"), true);

    @Test
    void result_isToldInWords_withWhatIsLeftOut() {
        Map<Kind, Long> counts =
                new EnumMap<>(Map.of(Kind.MISSING, 1002L, Kind.DOUBLE, 1L, Kind.CHANGED, 0L, Kind.EXTRA, 0L));
        List<Difference> differences = List.of(
                new Difference(Kind.MISSING, Optional.of(Instant.parse("2026-11-01T10:00:00.123Z")), "5bf1", List.of()),
                new Difference(
                        Kind.DOUBLE,
                        Optional.empty(),
                        "",
                        List.of(new Place("a.ndjson", 3), new Place("b.ndjson", 1))));

        assertThat(VerifyCommand.lines(
                        new Result(RANGE, 12_345, 0, 11_344, 7, counts, differences, List.of()),
                        List.of("  2026-11-01: a day"),
                        "telephony_id"))
                .containsExactly(
                        "2026-11-01T00:00:00Z..2026-11-02T00:00:00Z: Duo shows 12,345 different events; the bucket has 11,344"
                                + " lines in 7 objects.",
                        "  missing    1,002  at Duo, not in the bucket",
                        "  double         1  in the bucket more than once",
                        "  changed        0  in the bucket with other content",
                        "  extra          0  in the bucket, not at Duo",
                        "  2026-11-01: a day",
                        "missing: 2026-11-01T10:00:00.123Z telephony_id 5bf1",
                        "missing: and 1,001 more",
                        "double: no time in a.ndjson line 3 and b.ndjson line 1",
                        "Duo and the bucket differ. See OPERATIONS, \"Verify\", for what each kind means.");
    }

    @Test
    void equalResult_saysSo() {
        Map<Kind, Long> counts =
                new EnumMap<>(Map.of(Kind.MISSING, 0L, Kind.DOUBLE, 0L, Kind.CHANGED, 0L, Kind.EXTRA, 0L));

        assertThat(VerifyCommand.lines(
                        new Result(RANGE, 5, 0, 5, 1, counts, List.of(), List.of()), List.of(), "telephony_id"))
                .hasSize(6)
                .last()
                .isEqualTo("Every event is in the bucket exactly once.");
    }
}
