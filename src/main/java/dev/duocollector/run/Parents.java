// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.settings.Child;
import dev.duocollector.settings.Settings;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import software.amazon.awssdk.services.s3.S3Client;

/** What is below each parent. Safe for use by several threads. */
final class Parents {

    private final S3Client s3;
    private final Clock clock;
    private final Ticker ticker;
    private final Map<String, Children> below = new HashMap<>();
    private volatile List<String> problems = List.of();
    private volatile int exitCode = ExitCode.DONE;

    Parents(Streams.Builder parts) {
        s3 = Objects.requireNonNull(parts.s3Client, "s3Client");
        clock = Objects.requireNonNull(parts.clock, "clock");
        ticker = Objects.requireNonNull(parts.ticker, "ticker");
    }

    /**
     * Has Duo list the accounts below each parent whose last list is old, and returns all that are known, by the settings of
     * the parent.
     *
     * @param notes whether they are noted in the bucket, and what is noted there counts as known
     */
    synchronized Map<Settings, List<Child>> list(List<Settings> parents, CamelContext camel, boolean notes) {
        below.values().removeIf(each -> !parents.contains(each.parent()));
        Map<Settings, List<Child>> all = new LinkedHashMap<>();
        for (Settings parent : parents) {
            Children children = below.computeIfAbsent(parent.name(), name -> new Children(parent, s3, clock, ticker));
            children.list(camel, notes);
            children.all().ifPresent(known -> all.put(parent, known));
        }
        problems = below.values().stream()
                .flatMap(each -> each.problems().stream())
                .toList();
        exitCode = below.values().stream().mapToInt(Children::exitCode).reduce(ExitCode.DONE, Math::max);
        return all;
    }

    /** What is wrong, a line for each. */
    List<String> problems() {
        return problems;
    }

    /** What a command exits with because of the problems. */
    int exitCode() {
        return exitCode;
    }
}
