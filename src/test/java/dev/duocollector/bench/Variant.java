// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.util.Map;

/** What is measured, and what it is measured against. */
enum Variant {
    /** The shipped routes. */
    COLLECTOR("collector", "64m"),
    /** A loop in plain Java with the same requests, which looks into nothing: what two servers on this machine allow. */
    FLOOR("plain loop", "64m"),
    /** The routes that one writes first, event by event; without any state. In 64 MB it takes five times the processor. */
    NAIVE("split per event", "512m");

    private final String title;
    private final String heap;

    Variant(String title, String heap) {
        this.title = title;
        this.heap = heap;
    }

    /** The bound of its JVM's heap, as -Xmx takes it. */
    String heap() {
        return heap;
    }

    /** Starts a job on the settings, over those of application.properties. */
    Job start(Map<String, String> settings) {
        return switch (this) {
            case COLLECTOR -> new CollectorJob(settings);
            case FLOOR -> new FloorJob(settings);
            case NAIVE -> new NaiveJob(settings);
        };
    }

    @Override
    public String toString() {
        return title;
    }
}
