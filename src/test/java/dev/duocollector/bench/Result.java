// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.util.List;
import java.util.Map;

/** What one {@link Session} found. */
record Result(
        Size size, Requests requests, Map<Variant, List<Measured>> measured, Map<Variant, Bucket.Content> contents) {

    Measured median(Variant variant) {
        return Measured.median(measured.get(variant));
    }

    double eventsPerSecond(Variant variant) {
        return size.events() / median(variant).seconds();
    }

    /** Events a second in the slowest run. */
    double slowest(Variant variant) {
        return size.events()
                / measured.get(variant).stream()
                        .mapToDouble(Measured::seconds)
                        .max()
                        .orElseThrow();
    }

    /** Events a second in the fastest run. */
    double fastest(Variant variant) {
        return size.events()
                / measured.get(variant).stream()
                        .mapToDouble(Measured::seconds)
                        .min()
                        .orElseThrow();
    }

    double megabytesPerSecond(Variant variant) {
        return contents.get(variant).bytes() / 1e6 / median(variant).seconds();
    }

    double cpuSeconds(Variant variant) {
        return median(variant).cpuNanos() / 1e9 * 100_000 / size.events();
    }

    Requests expectedRequests() {
        return Requests.expected(size.pages(), requests.statePutBytes());
    }
}
