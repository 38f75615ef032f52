// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.fault;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server behind the proxy, kept alive between requests and made anew when the server has closed it.
 *
 * <p>A request is never sent twice: when the connection breaks after the first byte went out, the caller learns it. Only
 * {@link #close()} may be called by another thread.
 */
final class Upstream implements Closeable {

    /** Above the slowest answer of a test's server, and the bound of everything that waits for one. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private static final int BUFFER_BYTES = 64 * 1024;

    private final InetSocketAddress address;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    Upstream(InetSocketAddress address) {
        this.address = address;
    }

    /** Sends the request and reads the whole answer. */
    HttpMessage exchange(HttpMessage request) throws IOException {
        Connection open = connected();
        boolean kept = false;
        try {
            HttpMessage answer = open.exchange(request);
            // A server that refuses a request may not have read its body, and then closes the connection a moment
            // later,
            // which the next request would find only when it is sent.
            kept = open.bodySent && answer.status() < 400 && !answer.endsConnection(request.method());
            return answer;
        } finally {
            if (!kept) {
                disconnect();
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        disconnect();
    }

    private Connection connected() throws IOException {
        Connection open = connection;
        if (open != null && !open.endedByServer()) {
            return open;
        }
        disconnect();
        open = new Connection(address);
        connection = open;
        if (closed) { // else a close() just before would leave this one open
            disconnect();
        }
        return open;
    }

    private void disconnect() throws IOException {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.channel.close();
        }
    }

    private static final class Connection {

        private final SocketChannel channel;
        private final HttpReader in;
        private final OutputStream out;
        private boolean bodySent;

        Connection(InetSocketAddress address) throws IOException {
            channel = SocketChannel.open(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Socket socket = channel.socket();
            socket.setSoTimeout((int) ANSWER_TIMEOUT.toMillis());
            in = new HttpReader(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        }

        /** Looks without waiting: no answer is due, so that anything to read is the end, or nothing that a client wants. */
        boolean endedByServer() throws IOException {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) != 0;
            } catch (IOException reset) {
                return true;
            } finally {
                channel.configureBlocking(true);
            }
        }

        HttpMessage exchange(HttpMessage request) throws IOException {
            IOException unsent = send(request);
            try {
                HttpMessage head = readHead();
                if (!bodySent && head.status() == 100) {
                    unsent = sendBody(request);
                    head = readHead();
                }
                while (head.isInterim()) {
                    head = readHead();
                }
                return in.readResponseBody(head, request.method());
            } catch (IOException e) {
                if (unsent != null) {
                    e.addSuppressed(unsent);
                }
                throw e;
            }
        }

        /** Sends what may go out before the server has said anything. */
        private @Nullable IOException send(HttpMessage request) throws IOException {
            request.writeHeadTo(out);
            bodySent = false;
            if (!request.expectsContinue()) {
                return sendBody(request);
            }
            out.flush();
            return null;
        }

        /** Sends the body; what went wrong is returned, because a server may answer and close before it has read it. */
        private @Nullable IOException sendBody(HttpMessage request) {
            try {
                request.writeBodyTo(out);
                out.flush();
                bodySent = true;
                return null;
            } catch (IOException e) {
                return e;
            }
        }

        private HttpMessage readHead() throws IOException {
            return in.readHead()
                    .orElseThrow(() -> new EOFException("The server closed the connection without an answer"));
        }
    }
}
