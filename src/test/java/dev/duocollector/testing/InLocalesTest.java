// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InLocalesTest {
    private static final Locale LOCALE = Locale.getDefault();
    private static final TimeZone ZONE = TimeZone.getDefault();
    private static int runs;

    @BeforeAll
    static void startCounting() {
        runs = 0;
    }

    @InLocales
    @Nested
    class EachRun {
        @Test
        void setsDefaults_inOrder() {
            assertThat(Locale.getDefault()).isEqualTo(InLocalesExtension.LOCALES.get(runs / 3));
            assertThat(Locale.getDefault(Locale.Category.FORMAT)).isEqualTo(Locale.getDefault());
            assertThat(TimeZone.getDefault()).isEqualTo(InLocalesExtension.ZONES.get(runs % 3));
            runs++;
        }
    }

    @AfterAll
    static void hasRunNineTimes_andPutDefaultsBack() {
        assertThat(runs).isEqualTo(9);
        assertThat(Locale.getDefault()).isEqualTo(LOCALE);
        assertThat(TimeZone.getDefault()).isEqualTo(ZONE);
    }
}
