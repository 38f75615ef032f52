// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server on the loopback address that keeps each request's head exactly as its bytes came and gives the answers it was
 * told to, in their order, without any HTTP library in between. It knows requests without a body only.
 */
public final class RawServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /** Writes an answer and says whether the connection stays open. */
    private interface Answer {
        boolean write(OutputStream out) throws IOException;
    }

    private RawServer(ServerSocket listener) {
        this.listener = listener;
    }

    /** Starts a server on a free port. */
    public static RawServer start() {
        try {
            RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            daemon("raw-server", server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the head of an answer: status line and header lines, each with its line end, and the blank line. */
    public static byte[] head(String status, String... headers) {
        String lines = "HTTP/1.1 " + status + "\r\n";
        for (String header : headers) {
            lines += header + "\r\n";
        }
        return (lines + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Answers the next request with these bytes and keeps the connection. */
    public RawServer answer(byte[]... parts) {
        return add(bytes(true, parts));
    }

    /** Answers the next request with these bytes and closes the connection. */
    public RawServer answerAndClose(byte[]... parts) {
        return add(bytes(false, parts));
    }

    /** Answers the next request with this body, its length, and further headers. */
    public RawServer answer(String status, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Length: " + bytes.length;
        return answer(head(status, all), bytes);
    }

    /** Leaves the next request without an answer, and the connection open. */
    public RawServer silence() {
        return add(bytes(true));
    }

    /** Returns the requests' heads so far, in their order, with their line ends. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Returns how many connections were accepted so far. */
    public int connections() {
        return connections.size();
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RawServer add(Answer answer) {
        synchronized (answers) {
            answers.add(answer);
        }
        return this;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                daemon("raw-server-connection", () -> serve(connection));
            }
        } catch (IOException e) {
            // The server was closed.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            boolean open = true;
            while (open) {
                String request = readHead(connection.getInputStream());
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                open = next().write(connection.getOutputStream());
            }
        } catch (SocketException e) {
            // The client or the test has gone.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer next() {
        synchronized (answers) {
            return answers.isEmpty()
                    ? bytes(true, head("500 Unexpected request", "Content-Length: 0"))
                    : answers.remove();
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        int b;
        while (head.indexOf("\r\n\r\n") < 0 && (b = in.read()) >= 0) {
            head.append((char) b);
        }
        return head.toString();
    }

    private static Answer bytes(boolean stayOpen, byte[]... parts) {
        return out -> {
            for (byte[] part : parts) {
                out.write(part);
            }
            return stayOpen;
        };
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
