// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonLinesTest {

    @Test
    void lines_areNumbered_blankOnesToo() throws IOException {
        assertThat(read("a\n\n \t\r\nb\r\nc", 10)).containsExactly("1:a", "4:b\r", "5:c");
        assertThat(read("", 10)).isEmpty();
        assertThat(read("\n\n", 10)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "in front, '\ufeffa\nb\n', 1:a 2:b",
        "and nothing else, '\ufeff', ''",
        "in front of a blank line, '\ufeff\r\nb', 2:b",
        "twice, '\ufeff\ufeffa', 1:\ufeffa",
        "in the second line, 'a\n\ufeffb', 1:a 2:\ufeffb",
        "behind a blank line, '\n\ufeffb', 2:\ufeffb",
        "in a line, 'a\ufeffb', 1:a\ufeffb",
    })
    void byteOrderMark_isLeftOut_atTheBeginningAlone(String where, String text, @Nullable String lines)
            throws IOException {
        assertThat(String.join(" ", read(text, 100))).isEqualTo(lines == null ? "" : lines);
    }

    /** Two bytes of it are none. */
    @Test
    void halfAByteOrderMark_isKept() throws IOException {
        NdjsonLines lines = new NdjsonLines(new ByteArrayInputStream(new byte[] {(byte) 0xef, (byte) 0xbb, 'a'}), 10);

        assertThat(lines.next())
                .hasValueSatisfying(line -> assertThat(line.bytes()).hasSize(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {65_535, 65_536, 65_537, 131_072, 200_000})
    void line_isWhole_whereverTheChunksEnd(int length) throws IOException {
        String line = "x".repeat(length);

        assertThat(read(line + "\n" + line + "\nlast\n", Integer.MAX_VALUE))
                .containsExactly("1:" + line, "2:" + line, "3:last");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 65_436, 65_500, 65_536, 300_000})
    void lineThatIsTooLong_isToldAndPassedOver(int length) throws IOException {
        assertThat(read("x".repeat(100) + "\n" + "x".repeat(length) + "\nlast", 100))
                .containsExactly("1:" + "x".repeat(100), "2 is too long", "3:last");
    }

    /** Whoever sends an endless line must not fill the memory with it. */
    @Test
    void lineThatIsTooLong_isNotKept() throws IOException {
        NdjsonLines lines = new NdjsonLines(new ByteArrayInputStream(new byte[8_000_000]), 100);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        assertThat(lines.next())
                .hasValueSatisfying(line -> assertThat(line.tooLong()).isTrue());

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4_000_000);
    }

    @Test
    void streamThatBreaksOff_fails_andTheLineIsKnown() throws IOException {
        InputStream broken = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw new IOException("broken");
            }
        };
        NdjsonLines lines =
                new NdjsonLines(new SequenceInputStream(new ByteArrayInputStream("a\nb".getBytes(UTF_8)), broken), 10);

        assertThat(lines.next())
                .hasValueSatisfying(line -> assertThat(line.number()).isEqualTo(1));
        assertThatThrownBy(lines::next).isInstanceOf(IOException.class).hasMessage("broken");
        assertThat(lines.number()).isEqualTo(2);
    }

    private static List<String> read(String text, int bytesMax) throws IOException {
        NdjsonLines lines = new NdjsonLines(new ByteArrayInputStream(text.getBytes(UTF_8)), bytesMax);
        List<String> read = new ArrayList<>();
        for (Optional<NdjsonLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
            NdjsonLines.Line found = line.get();
            read.add(found.number() + (found.tooLong() ? " is too long" : ":" + new String(found.bytes(), UTF_8)));
        }
        return read;
    }
}
