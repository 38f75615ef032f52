// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountTest {

    @ParameterizedTest
    @CsvSource({"0, 0 events, 0 events", "1, 1 event, 1 event", "1204, 1204 events, '1,204 events'"})
    void saysOneAsOne(long number, String plain, String grouped) {
        assertThat(Count.of(number, "event")).isEqualTo(plain);
        assertThat(Count.grouped(number, "event")).isEqualTo(grouped);
    }

    @Test
    void names_areTenAtMost() {
        assertThat(Count.names(List.of("acme", "globex"), " or ")).isEqualTo("acme or globex");
        assertThat(Count.names(Collections.nCopies(10, "a"), ", ")).isEqualTo("a, a, a, a, a, a, a, a, a, a");
        assertThat(Count.names(Collections.nCopies(12, "a"), ", "))
                .isEqualTo("a, a, a, a, a, a, a, a, a, a and 2 more");
    }
}
