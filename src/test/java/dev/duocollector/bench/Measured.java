// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What one run took, in the JVM that made it.
 *
 * @param cpuNanos of the whole process: its compiler and its garbage collector as well
 * @param heapPeakBytes the heap's pools at their highest, each by itself, so a little more than was ever used at once
 * @param heapAfterBytes what is still used after the run and a full collection, the job not yet closed
 */
record Measured(long nanos, long cpuNanos, long heapPeakBytes, long heapAfterBytes) {

    private static final String MARK = "measured ";

    /** The line that a worker prints. */
    String line() {
        return MARK + nanos + " " + cpuNanos + " " + heapPeakBytes + " " + heapAfterBytes;
    }

    static Measured parse(String line) {
        if (!line.startsWith(MARK)) {
            throw new IllegalStateException("The worker answered " + line);
        }
        long[] numbers = Arrays.stream(line.substring(MARK.length()).split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        return new Measured(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /** The median of each number by itself. */
    static Measured median(List<Measured> runs) {
        return new Measured(
                median(runs, Measured::nanos),
                median(runs, Measured::cpuNanos),
                median(runs, Measured::heapPeakBytes),
                median(runs, Measured::heapAfterBytes));
    }

    private static long median(List<Measured> runs, ToLongFunction<Measured> number) {
        return runs.stream().mapToLong(number).sorted().toArray()[runs.size() / 2];
    }

    double seconds() {
        return nanos / 1e9;
    }
}
