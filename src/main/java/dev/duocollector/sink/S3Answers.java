// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.sink;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Abortable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * Bounds every body that S3 sends, whatever reads it: in time, as the SDK's own time-outs end with the head of an answer when
 * its body is read as a stream, and its socket's starts again with each byte; and in size, where the body is not an object.
 */
public final class S3Answers implements ExecutionInterceptor {

    /** A listing of 1000 keys takes some megabytes at most, a refusal some hundred bytes. */
    static final int BYTES_MAX = 16 * 1024 * 1024;

    /** How much must have arrived within the time for it; less only at the body's end. */
    private static final int PORTION_BYTES = 1024 * 1024;

    private final Duration portionMax;
    private final LongSupplier nanoTime;

    /** @param portionMax how long may be waited for each mebibyte of a body, the reader's own time not counted */
    S3Answers(Duration portionMax) {
        this(portionMax, System::nanoTime);
    }

    S3Answers(Duration portionMax, LongSupplier nanoTime) {
        this.portionMax = portionMax;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<InputStream> modifyHttpResponseContent(
            Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
        boolean object = context.request() instanceof GetObjectRequest
                && context.httpResponse().isSuccessful();
        return context.responseBody().map(body -> new Body(body, object ? Long.MAX_VALUE : BYTES_MAX));
    }

    /** A body; if the connection breaks, it throws an {@link S3BodyException}, so that nothing takes the object for cut. */
    private final class Body extends FilterInputStream implements Abortable {

        private final long bytesMax;
        private long bytes;
        private long portion;
        private long waited;
        private boolean ended;

        Body(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return read < 0 ? read : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                // If it were passed on, the HTTP client would wait for the next chunk.
                return 0;
            }
            long start = nanoTime.getAsLong();
            try {
                int read = super.read(buffer, offset, length);
                ended = read < 0;
                count(read, nanoTime.getAsLong() - start);
                return read;
            } catch (S3BodyException e) {
                throw e;
            } catch (IOException e) {
                throw new S3BodyException(e);
            }
        }

        @Override
        public long skip(long wanted) throws IOException {
            return readNBytes((int) Math.min(wanted, PORTION_BYTES)).length;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(int read, long nanos) throws S3BodyException {
            waited += nanos;
            bytes += Math.max(0, read);
            portion += Math.max(0, read);
            if (portion >= PORTION_BYTES) {
                portion = 0;
                waited = 0;
            } else if (!ended && waited > portionMax.toNanos()) {
                abort();
                throw new S3BodyException(new SocketTimeoutException("S3's answer trickles: " + portion + " bytes in "
                        + portionMax.toSeconds() + " s, and not at its end"));
            }
            if (bytes > bytesMax) {
                abort();
                throw new S3BodyException(new IOException("S3's answer is larger than " + bytesMax + " bytes"));
            }
        }

        @Override
        public void abort() {
            if (in instanceof Abortable abortable) {
                abortable.abort();
            }
        }

        /** A connection can only be reused after a body that was read to its end; closing the body would read it to its end. */
        @Override
        public void close() throws IOException {
            if (!ended) {
                abort();
            }
            super.close();
        }
    }

    /** The body of an S3 answer that is cut short or does not come: the way to S3 is to blame, not the object. */
    public static final class S3BodyException extends IOException {

        private static final long serialVersionUID = 1L;

        S3BodyException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
