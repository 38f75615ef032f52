// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port that nothing listens on, for a server that must be told beforehand. */
public final class FreePort {

    /**
     * Below those that systems give to who asks for any (Linux from 32768 on): one of these would go to a server of a test in
     * another JVM before the one that it was found for listens there.
     */
    private static final int FIRST = 20_000;

    private static final int COUNT = 10_000;
    private static final int TRIES_MAX = 100;

    private FreePort() {}

    public static int find() {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("None of " + TRIES_MAX + " ports from " + FIRST + " on is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
