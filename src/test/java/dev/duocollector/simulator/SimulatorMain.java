// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.simulator;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * A simulator with generated events in a JVM of its own, for benchmarks: prints "listening on" and its base URL, and ends
 * when its standard input does. The secret key comes from the environment variable DUO_SKEY.
 */
public final class SimulatorMain {
    private static final String USAGE =
            "Usage: SimulatorMain <port, 0 for any> <ikey> <count of events> <time span, PT24H> <time of the last, or now>"
                    + " <bytes an event, 216> [requests a minute]";

    private SimulatorMain() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 6 || args.length > 7) {
            throw new IllegalArgumentException(USAGE);
        }
        try (DuoSimulator simulator = start(args, System.getenv(), Clock.systemUTC())) {
            System.out.println("listening on " + simulator.uri());
            while (System.in.read() >= 0) {
                // Only the end of the input matters.
            }
        }
    }

    static DuoSimulator start(String[] args, Map<String, String> environment, Clock clock) {
        String skey = environment.get("DUO_SKEY");
        if (skey == null || skey.isEmpty()) {
            throw new IllegalArgumentException("DUO_SKEY must be set to the secret key. " + USAGE);
        }
        Duration span = Duration.parse(args[3]);
        Instant end = args[4].equals("now") ? clock.instant() : Instant.parse(args[4]);
        DuoSimulator.Builder builder = DuoSimulator.builder()
                .port(Integer.parseInt(args[0]))
                .ikey(args[1])
                .skey(skey)
                .clock(clock)
                .events(new GeneratedEventStore(
                        Long.parseLong(args[2]), end.minus(span), span, Integer.parseInt(args[5])));
        if (args.length == 7) {
            builder.rateLimit(Integer.parseInt(args[6]), false);
        }
        return builder.start();
    }
}
