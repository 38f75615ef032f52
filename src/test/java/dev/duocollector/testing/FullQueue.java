// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port of 127.0.0.1 that nobody accepts connections of. Linux leaves one unanswered once the queue is full; others refuse it. */
public final class FullQueue implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> queue = new ArrayList<>();

    public FullQueue() throws IOException {
        try {
            for (int i = 0; i < 10; i++) {
                Socket socket = new Socket();
                queue.add(socket);
                socket.connect(listener.getLocalSocketAddress(), 200);
            }
        } catch (SocketTimeoutException e) {
            // The queue is full.
        }
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : queue) {
            socket.close();
        }
    }
}
