// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cluster;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.quartz.spi.ThreadPool;

/**
 * The threads of a cluster's scheduler, each made when it is needed: a run holds one until it has ended, and most of that time it
 * waits for Duo. Quartz' own pool makes all at its start. Thread-safe.
 */
public final class RunThreads implements ThreadPool {

    /** As many runs as one node has under way at most; those that work at a time, the streams' workers bound. */
    private static final int MAX = 1000;

    private final Semaphore free = new Semaphore(MAX);
    private final AtomicInteger number = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(run -> {
        Thread thread = new Thread(run, "node-" + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public boolean runInThread(Runnable run) {
        free.acquireUninterruptibly();
        try {
            threads.execute(() -> {
                try {
                    run.run();
                } finally {
                    free.release();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            free.release();
            return false;
        }
    }

    @Override
    public int blockForAvailableThreads() {
        free.acquireUninterruptibly();
        free.release();
        return Math.max(1, free.availablePermits());
    }

    @Override
    public void initialize() {
        // Nothing is made before it is needed.
    }

    /** @param waitForJobsToComplete never: the program waits by itself, for a bounded time */
    @Override
    public void shutdown(boolean waitForJobsToComplete) {
        threads.shutdown();
    }

    @Override
    public int getPoolSize() {
        return MAX;
    }

    @Override
    public void setInstanceId(String id) {
        // Its threads need no name of the node's.
    }

    @Override
    public void setInstanceName(String name) {
        // As above.
    }
}
