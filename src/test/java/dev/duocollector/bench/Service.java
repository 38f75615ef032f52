// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.demo.LocalCollector;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A JVM with one collector that makes run after run, as {@code run} does, but when it is told to: its arguments are settings as
 * {@code name=value}; each line of standard input is a time, at which it makes a run and answers with the outcome, or
 * {@value #HEAP}, which it answers with a {@link Heap}. Ends with its input.
 */
public final class Service {

    static final String HEAP = "heap";

    private Service() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> settings = Arrays.stream(args)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        LocalCollector collector = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(HEAP)) {
                System.out.println(Heap.now().line());
            } else {
                ServiceClock.set(Instant.parse(line));
                collector = collector == null ? LocalCollector.start(settings) : collector;
                System.out.println(collector.run().outcome());
            }
        }
        if (collector != null) {
            collector.close();
        }
    }
}
