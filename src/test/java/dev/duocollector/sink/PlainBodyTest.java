// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.duocollector.sink.S3Answers.S3BodyException;
import dev.duocollector.testing.Gzip;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlainBodyTest {

    private static final int MAX = 1000;

    @Test
    void objectWithinTheBound_isRead() throws Exception {
        assertThat(read(new ByteArrayInputStream(new byte[MAX]))).hasSize(MAX);
        assertThat(read(new ByteArrayInputStream(Gzip.of(new byte[MAX])))).hasSize(MAX);
    }

    static Stream<Arguments> broken() throws IOException {
        byte[] bomb = Gzip.of(new byte[MAX + 1]);
        byte[] whole = Gzip.of("{}");
        return Stream.of(
                Arguments.of("a byte too many", new byte[MAX + 1], "more than 1000 bytes"),
                Arguments.of("gzip of a byte too many", bomb, "more than 1000 bytes"),
                Arguments.of("cut gzip", Arrays.copyOf(whole, whole.length - 4), "is cut short or is not gzip"),
                Arguments.of(
                        "gzip's magic and garbage",
                        new byte[] {0x1f, (byte) 0x8b, 1, 2, 3},
                        "is cut short or is not gzip"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void broken(String what, byte[] object, String said) {
        assertThatExceptionOfType(StoredObjectException.class)
                .isThrownBy(() -> read(new ByteArrayInputStream(object)))
                .withMessageContaining(said);
    }

    /** A cut connection within gzip must not pass for a cut object. */
    @Test
    void connectionThatBreaks_staysTheConnections() throws IOException {
        byte[] whole = Gzip.of(new byte[100]);
        InputStream cut = new SequenceInputStream(new ByteArrayInputStream(whole, 0, 12), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new S3BodyException(new IOException("reset"));
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new S3BodyException(new IOException("reset"));
            }
        });

        assertThatExceptionOfType(S3BodyException.class).isThrownBy(() -> read(cut));
    }

    private static byte[] read(InputStream object) throws Exception {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setBody(object);
        new PlainBody(MAX).process(exchange);
        return exchange.getMessage().getBody(byte[].class);
    }
}
