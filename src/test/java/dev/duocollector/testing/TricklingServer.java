// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A server on the loopback address whose answer begins as it was told to and then never ends: one byte more every few
 * milliseconds, for as long as somebody is there. It begins without having been asked, so that a TLS handshake can be such an
 * answer, too.
 */
public final class TricklingServer implements AutoCloseable {

    private static final int EVERY_MILLIS = 10;

    private final ServerSocket listener;
    private final byte[] beginning;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private TricklingServer(ServerSocket listener, byte[] beginning) {
        this.listener = listener;
        this.beginning = beginning;
    }

    /** Starts a server on a free port. */
    public static TricklingServer start(byte[] beginning) {
        try {
            TricklingServer server =
                    new TricklingServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), beginning);
            daemon("trickling-server", server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        closed.countDown();
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                daemon("trickling-server-connection", () -> trickle(connection));
            }
        } catch (IOException e) {
            // The server was closed.
        }
    }

    private void trickle(Socket connection) {
        try (connection) {
            OutputStream out = connection.getOutputStream();
            out.write(beginning);
            while (!closed.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                out.write('x');
            }
        } catch (IOException e) {
            // The client or the test has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
