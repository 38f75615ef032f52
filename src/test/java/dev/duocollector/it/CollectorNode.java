// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.it;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A node of a cluster, and the runs that it has made by its own account. */
final class CollectorNode implements RunningCollector {

    /** What a run that is done says, whether there was something new or not. */
    private static final Pattern RUN =
            Pattern.compile("(?m)^\\S+Z INFO  \\[[0-9a-f]{8}] (\\S+): (?:Window|Nothing to read yet).*$");

    private final String name;
    private final CollectorProcess process;

    CollectorNode(String name, CollectorProcess process) {
        this.name = name;
        this.process = process;
    }

    /** Returns how many runs of each stream it has done. */
    Map<String, Integer> runs() {
        return RUN.matcher(process.standardOutput())
                .results()
                .collect(Collectors.toMap(run -> run.group(1), run -> 1, Integer::sum, TreeMap::new));
    }

    CollectorProcess process() {
        return process;
    }

    @Override
    public String output() {
        return process.output();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
