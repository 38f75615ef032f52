// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What a JVM holds after a full collection.
 *
 * @param bytes all that is used of the heap
 * @param own how many objects of each of the program's classes there are, by the class's name without its package
 */
record Heap(long bytes, Map<String, Long> own) {

    private static final String MARK = "heap ";

    /** A row of the JVM's class histogram: rank, instances, bytes, class. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+\\[*L?dev\\.duocollector\\.([\\w.$/]+);?");

    Heap {
        own = Map.copyOf(own);
    }

    /** Collects this JVM's garbage, and looks at what is left. */
    static Heap now() {
        System.gc();
        long bytes = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        try {
            Object histogram = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return new Heap(bytes, own(String.valueOf(histogram)));
        } catch (JMException e) {
            throw new IllegalStateException("This JVM shows no class histogram", e);
        }
    }

    private static Map<String, Long> own(String histogram) {
        Map<String, Long> own = new TreeMap<>();
        Matcher row = ROW.matcher(histogram);
        while (row.find()) {
            String name = row.group(2).replaceFirst("^.*\\.", "");
            if (!row.group(2).startsWith("bench.")) {
                own.merge(name, Long.parseLong(row.group(1)), Long::sum);
            }
        }
        return own;
    }

    /** How many objects of the program's own classes there are. */
    long ownObjects() {
        return own.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The line that a service prints. */
    String line() {
        return MARK
                + bytes
                + own.entrySet().stream()
                        .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining());
    }

    static Heap parse(String line) {
        if (!line.startsWith(MARK)) {
            throw new IllegalStateException("The service answered " + line);
        }
        String[] parts = line.substring(MARK.length()).split(" ", -1);
        return new Heap(
                Long.parseLong(parts[0]),
                Arrays.stream(parts, 1, parts.length)
                        .map(part -> part.split("=", 2))
                        .collect(Collectors.toMap(part -> part[0], part -> Long.parseLong(part[1]))));
    }
}
