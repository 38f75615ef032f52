// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP/1.1 server on 127.0.0.1, one thread a connection. It replaces the JDK's own server, which overwrites
 * the Date header of every answer with the system's time and cannot break an answer off on purpose.
 */
final class HttpListener implements AutoCloseable {
    /** A thread that needs longer than this to notice its closed connection hangs. */
    private static final long CLOSE_SECONDS_MAX = 10;

    /** The socket takes a copy of all that one call gives it. */
    private static final int BUFFERS_MAX = 16;

    private final ServerSocketChannel server;
    private final Function<ReceivedRequest, Answer> handler;
    private final ExecutorService threads = Executors.newCachedThreadPool(this::newThread);
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private HttpListener(ServerSocketChannel server, Function<ReceivedRequest, Answer> handler) {
        this.server = server;
        this.handler = handler;
    }

    /**
     * Listens at the port and answers each request by the handler, several at a time.
     *
     * @param port 0 for any free one
     * @throws IOException if the port is taken
     */
    static HttpListener start(int port, Function<ReceivedRequest, Answer> handler) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        // A simulator that is restarted at its old port meets connections of its predecessor in TIME_WAIT.
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        try {
            server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        HttpListener listener = new HttpListener(server, handler);
        listener.threads.execute(listener::accept);
        return listener;
    }

    int port() {
        return server.socket().getLocalPort();
    }

    /**
     * Closes the port and every connection, and waits for the requests in hand.
     *
     * @throws AssertionError if the handler itself has failed
     */
    @Override
    public void close() {
        closing.countDown();
        closeQuietly(server);
        connections.forEach(HttpListener::closeQuietly);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("A connection of the simulator did not end in " + CLOSE_SECONDS_MAX + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure.getAndSet(null);
        if (cause != null) {
            throw new AssertionError("The simulator itself failed, and dropped the connection", cause);
        }
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                SocketChannel connection = server.accept();
                connections.add(connection);
                if (closing.getCount() == 0) {
                    // Accepted while close() went through the connections, which may have missed this one.
                    closeQuietly(connection);
                }
                threads.execute(() -> serve(connection));
            }
        } catch (IOException | RejectedExecutionException e) {
            // The port is closed; connections that came with it end when their channels are closed.
            connections.forEach(HttpListener::closeQuietly);
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
            BufferedInputStream in = new BufferedInputStream(Channels.newInputStream(connection));
            Optional<ReceivedRequest> head = ReceivedRequest.read(in);
            while (head.isPresent() && send(connection, head.get(), handler.apply(head.get()))) {
                head = ReceivedRequest.read(in);
            }
        } catch (IOException e) {
            // A client that hangs up, or that does not speak HTTP, ends its own connection and nothing else.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
        }
    }

    /** Sends the answer the way it asks for, and returns whether the connection can take another request. */
    private boolean send(SocketChannel connection, ReceivedRequest request, Answer answer)
            throws IOException, InterruptedException {
        boolean closed = closing.await(answer.delay().toMillis(), TimeUnit.MILLISECONDS);
        if (closed || answer.transfer() == Answer.Transfer.DROPPED) {
            return false;
        }
        boolean keepsAlive = request.keepsAlive() && !answer.transfer().cut();
        write(connection, wire(answer, keepsAlive).toArray(ByteBuffer[]::new));
        return keepsAlive;
    }

    /** Returns what goes over the wire: the head, and the body or what is to arrive of it. */
    private static List<ByteBuffer> wire(Answer answer, boolean keepsAlive) {
        List<ByteBuffer> body =
                answer.body().stream().map(ByteBuffer::duplicate).toList();
        long bytes = body.stream().mapToLong(ByteBuffer::remaining).sum();
        List<ByteBuffer> wire = new ArrayList<>();
        boolean chunked =
                answer.transfer() == Answer.Transfer.CHUNKED || answer.transfer() == Answer.Transfer.CUT_CHUNKED;
        wire.add(head(answer, keepsAlive, chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes));
        switch (answer.transfer()) {
            case LENGTH -> wire.addAll(body);
            case CUT_LENGTH -> wire.addAll(firstBytes(body, bytes / 2));
            case CHUNKED -> {
                body.stream().filter(ByteBuffer::hasRemaining).forEach(chunk -> {
                    wire.add(ascii(Integer.toHexString(chunk.remaining()) + "\r\n"));
                    wire.add(chunk);
                    wire.add(ascii("\r\n"));
                });
                wire.add(ascii("0\r\n\r\n"));
            }
            case CUT_CHUNKED -> {
                wire.add(ascii(Long.toHexString(bytes) + "\r\n"));
                wire.addAll(firstBytes(body, bytes / 2));
            }
            case DROPPED -> wire.clear();
        }
        return wire;
    }

    private static ByteBuffer head(Answer answer, boolean keepsAlive, String framing) {
        StringBuilder head =
                new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" \r\n");
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (!keepsAlive) {
            head.append("Connection: close\r\n");
        }
        return ascii(head.append(framing).append("\r\n\r\n").toString());
    }

    private static List<ByteBuffer> firstBytes(List<ByteBuffer> body, long bytes) {
        List<ByteBuffer> first = new ArrayList<>();
        long left = bytes;
        for (ByteBuffer part : body) {
            int take = (int) Math.min(left, part.remaining());
            first.add(part.slice(part.position(), take));
            left -= take;
        }
        return first;
    }

    /** Hands the buffers to the socket several at a time, so that the parts of a page are not copied together first. */
    private static void write(SocketChannel connection, ByteBuffer[] buffers) throws IOException {
        int first = 0;
        while (first < buffers.length) {
            connection.write(buffers, first, Math.min(BUFFERS_MAX, buffers.length - first));
            while (first < buffers.length && !buffers[first].hasRemaining()) {
                first++;
            }
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "duo-simulator");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((ended, error) -> failure.compareAndSet(null, error));
        return thread;
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // Closing a socket that is closed already; nothing depends on it.
        }
    }
}
