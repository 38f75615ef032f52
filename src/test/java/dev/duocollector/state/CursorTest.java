// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.duocollector.state.Cursor.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CursorTest {

    private static final String OFFSET = "1763885700123,5bf1a860-fe39-49e3-be29-217659663a74";

    @Test
    void cursor_isAtTheStart_afterAnOffset_orAtTheEnd() {
        assertThat(Cursor.START.position()).isEqualTo(Position.START);
        assertThat(Cursor.END.position()).isEqualTo(Position.END);
        assertThat(Cursor.after(OFFSET)).isEqualTo(new Cursor(Position.OFFSET, OFFSET));
        assertThat(Cursor.after(OFFSET)).isNotEqualTo(Cursor.after(OFFSET + "0"));
    }

    @Test
    void end_isNoOffset_whateverAnOffsetSays() {
        assertThat(Cursor.after("END")).isNotEqualTo(Cursor.END);
        assertThat(Cursor.after("START")).isNotEqualTo(Cursor.START);
    }

    @ParameterizedTest
    @CsvSource({"OFFSET, ''", "START, 'a'", "END, 'a'"})
    void positionAndOffset_mustFit(Position position, String offset) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cursor(position, offset))
                .withMessage("A cursor at " + position + " cannot have the offset '" + offset + "'");
    }

    @Test
    void cursor_printsAsItIsSent() {
        assertThat(Cursor.START).hasToString("START");
        assertThat(Cursor.END).hasToString("END");
        assertThat(Cursor.after(OFFSET)).hasToString(OFFSET);
    }
}
