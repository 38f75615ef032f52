// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A JVM that makes the runs of one {@link Variant}, one after the other: each line of standard input, settings as
 * {@code name=value} with blanks between, starts a run, and is answered by a line of what it took. Ends with its input.
 */
public final class Worker {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final List<MemoryPoolMXBean> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    private Worker() {}

    public static void main(String[] args) throws Exception {
        Variant variant = Variant.valueOf(args[0]);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(measure(variant, settings(line)).line());
        }
    }

    private static Map<String, String> settings(String line) {
        Map<String, String> settings = new HashMap<>();
        for (String setting : line.split(" ", -1)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return settings;
    }

    private static Measured measure(Variant variant, Map<String, String> settings) throws Exception {
        try (Job job = variant.start(settings)) {
            System.gc();
            HEAP.forEach(MemoryPoolMXBean::resetPeakUsage);
            long cpu = PROCESS.getProcessCpuTime();
            long start = System.nanoTime();
            job.run();
            long nanos = System.nanoTime() - start;
            long cpuNanos = PROCESS.getProcessCpuTime() - cpu;
            long heapPeak = HEAP.stream()
                    .mapToLong(pool -> pool.getPeakUsage().getUsed())
                    .sum();
            System.gc();
            long heapAfter =
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new Measured(nanos, cpuNanos, heapPeak, heapAfter);
        }
    }
}
