// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.testing.Gzip;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainStreamTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "\u001f", "\u001fx", "plain text"})
    void whatIsNoGzip_isReadAsItIs(String text) throws IOException {
        assertThat(PlainStream.of(in(text.getBytes(UTF_8))).readAllBytes()).isEqualTo(text.getBytes(UTF_8));
    }

    @Test
    void gzip_isReadThrough() throws IOException {
        assertThat(PlainStream.of(in(Gzip.of("lines"))).readAllBytes()).isEqualTo("lines".getBytes(UTF_8));
    }

    @Test
    void everyMember_isRead_thoughTheStreamNeverSaysThatMoreIsAvailable() throws IOException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            String line = "line " + i + " of the file\n";
            members.write(Gzip.of(line));
            text.append(line);
        }
        // A pipe, say: a little at a time, and nothing at hand whenever it is asked.
        InputStream pipe = new FilterInputStream(in(members.toByteArray())) {
            @Override
            public int available() {
                return 0;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return super.read(bytes, offset, Math.min(length, 17));
            }
        };

        assertThat(new String(PlainStream.of(pipe).readAllBytes(), UTF_8)).isEqualTo(text.toString());
    }

    @Test
    void gzipThatBreaksOff_fails() throws IOException {
        byte[] whole = Gzip.of("lines that are compressed");

        assertThatThrownBy(() -> PlainStream.of(in(Arrays.copyOf(whole, 5))).readAllBytes())
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> PlainStream.of(in(Arrays.copyOf(whole, whole.length - 9)))
                        .readAllBytes())
                .isInstanceOf(EOFException.class);
    }

    private static InputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }
}
