// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

/** One way to bring a window of Duo's log to S3, started and ready to do it once. */
interface Job extends AutoCloseable {

    /** Reads the window to its end, or as many pages as {@code max.iterations} allows. */
    void run() throws Exception;

    @Override
    void close();
}
