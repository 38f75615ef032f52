// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.sink.PlainBody;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.state.Batch;
import dev.duocollector.state.Cursor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much is read of an object that lies under a batch's key, and may be anybody's. */
class CheckLinesTest {

    private static final Batch BATCH = new Batch("duo-telephony/a", Map.of("a", Instant.EPOCH), Cursor.END);
    private static final String BOUND = "it has more than " + PlainBody.BYTES_MAX + " bytes, the most that is read";

    @Test
    void object_isReadUpToTheBound_howeverLargeItIs() {
        Endless object = new Endless();
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        Run run = new Run(TestStream.with());
        run.startBatch(BATCH);
        exchange.setVariable(Run.VARIABLE, run);
        exchange.getMessage().setHeader(AWS2S3Constants.KEY, BATCH.objectKey());
        exchange.getMessage().setBody(object);

        assertThatThrownBy(() -> new CheckLines().process(exchange))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(BOUND);

        assertThat(object.given).isEqualTo(PlainBody.BYTES_MAX + 1L);
    }

    @Test
    void gzip_isUnpackedUpToTheBound_howeverSmallItIs() throws IOException {
        byte[] packed = packed(PlainBody.BYTES_MAX + 1L);
        assertThat(packed).hasSizeLessThan(1024 * 1024);

        assertThatThrownBy(() -> CheckLines.lines(packed))
                .isInstanceOf(IOException.class)
                .hasMessage(BOUND);
    }

    /** What Duo's pages are read with lets them pass, so they are stored. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("events")
    void eventThatIsRead_isALine(String what, String event) throws IOException {
        assertThat(DuoEvent.of(event.getBytes(UTF_8), DuoLog.TELEPHONY).json()).isEqualTo(event.getBytes(UTF_8));

        assertThat(CheckLines.lines((event + "\n" + event + "\n").getBytes(UTF_8)))
                .isEqualTo(2);
    }

    static Stream<Arguments> events() {
        return Stream.of(
                Arguments.of("plain", "{\"a\":{\"b\":[1,\"c\"]}}"),
                Arguments.of("empty", "{}"),
                Arguments.of("long number", "{\"a\":" + "9".repeat(3000) + "}"),
                Arguments.of("long fraction", "{\"a\":0." + "9".repeat(3000) + "}"),
                Arguments.of("long name", "{\"" + "a".repeat(60_000) + "\":1}"),
                Arguments.of("deep", "{\"a\":" + "[".repeat(990) + "]".repeat(990) + "}"));
    }

    @Test
    void lineThatIsNotUtf8_isNamed() throws IOException {
        byte[] lines = "{\"a\":\"?\"}\n".getBytes(UTF_8);
        assertThat(CheckLines.lines(lines)).isEqualTo(1);
        lines[6] = (byte) 0xff;

        assertThatThrownBy(() -> CheckLines.lines(lines)).hasMessageContaining("line 1 is not a JSON object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "1",
                "{}{}",
                "{} x",
                "{",
                "{\"a\":1",
                "{\"a\":[1}",
                "{\"a\":01}",
                "{\"a\":\"",
                "{\"a\":\"\\x\"}"
            })
    void lineThatIsNoObject_isNamed(String line) {
        assertThatThrownBy(() -> CheckLines.lines(("{}\n" + line + "\n").getBytes(UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessage("line 2 is not a JSON object");
    }

    private static byte[] packed(long length) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] chunk = new byte[1024 * 1024];
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            for (long left = length; left > 0; left -= chunk.length) {
                gzip.write(chunk, 0, (int) Math.min(left, chunk.length));
            }
        }
        return packed.toByteArray();
    }

    /** Breaks off before it takes the heap of whoever does not stop. */
    private static final class Endless extends InputStream {

        private long given;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (given > PlainBody.BYTES_MAX + 1024 * 1024) {
                throw new IOException("read on");
            }
            Arrays.fill(buffer, offset, offset + length, (byte) 'a');
            given += length;
            return length;
        }
    }
}
