// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import dev.duocollector.run.DuoProbe;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.source.DuoFailure.Stage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one request to Duo shows: each stage that it came through, the one that it failed at, and the clocks. */
public final class DuoChecks {

    /** Whether the application may read a log: the only one of these checks that differs from log to log. */
    static final String READ_LOG = "duo-read-log";

    private static final String CLOCK = "duo-clock";

    /** More than the answer itself takes. */
    private static final Duration CLOCK_NEAR = Duration.ofSeconds(15);

    private DuoChecks() {}

    /** Returns the checks of a request that could not be made. */
    public static List<Check> skipped(String because) {
        List<Check> checks = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            if (stage == Stage.CREDENTIALS) {
                checks.add(Check.skipped(CLOCK, because));
            }
            if (stage != Stage.DONE) {
                checks.add(Check.skipped(name(stage), because));
            }
        }
        return checks;
    }

    /**
     * Returns what an answer shows.
     *
     * @param baseUrl where the request went
     * @param proxy by which proxy, if the settings name one
     * @param log what was asked for
     */
    public static List<Check> of(DuoProbe.Answer answer, URI baseUrl, Optional<URI> proxy, DuoLog log) {
        List<Check> checks = new ArrayList<>();
        String failed = "";
        for (Stage stage : Stage.values()) {
            if (stage == Stage.CREDENTIALS) {
                checks.add(clock(answer, failed));
                if (answer.isClockSkewed() && answer.failedAt() == Stage.CREDENTIALS) {
                    failed = CLOCK;
                }
            }
            if (stage == Stage.DONE) {
                break;
            }
            String name = name(stage);
            if (!failed.isEmpty()) {
                checks.add(Check.skipped(name, failed + " failed"));
            } else if (stage == answer.failedAt()) {
                checks.add(Check.failed(name, answer.outcome(), answer.message()));
                failed = name;
            } else if (stage == Stage.TLS && !answer.fromDuo()) {
                // A proxy that inspects TLS has a trusted certificate, too.
                checks.add(Check.skipped(name, "no answer of Duo's came"));
            } else {
                checks.add(passed(stage, name, baseUrl, proxy, log));
            }
        }
        return checks;
    }

    private static String name(Stage stage) {
        return switch (stage) {
            case NAME -> "duo-name";
            case CONNECTION -> "duo-connection";
            case TLS -> "duo-tls";
            case ANSWER -> "duo-answer";
            case CREDENTIALS -> "duo-credentials";
            case PERMISSION -> READ_LOG;
            case DONE -> throw new IllegalArgumentException("A request that came through has no check of its own");
        };
    }

    private static Check passed(Stage stage, String name, URI baseUrl, Optional<URI> proxy, DuoLog log) {
        return switch (stage) {
            case NAME ->
                proxy.isPresent()
                        ? Check.skipped(name, "duo.proxy looks the name up")
                        : Check.pass(name, "the name " + baseUrl.getHost() + " was found");
            case CONNECTION ->
                Check.pass(
                        name,
                        "connected to " + baseUrl
                                + proxy.map(by -> " by way of " + by).orElse(""));
            case TLS ->
                "https".equals(baseUrl.getScheme())
                        ? Check.pass(name, "the certificate is trusted")
                        : Check.skipped(name, "duo.base-url is plain http to this machine");
            case ANSWER -> Check.pass(name, "Duo answers");
            case CREDENTIALS -> Check.pass(name, "duo.ikey and duo.skey are accepted");
            default -> Check.pass(name, "the application may read the " + log + " log");
        };
    }

    private static Check clock(DuoProbe.Answer answer, String failed) {
        if (answer.clockAhead().isEmpty()) {
            return Check.skipped(CLOCK, failed.isEmpty() ? "Duo's answer has no date" : failed + " failed");
        }
        return answer.isClockSkewed()
                ? Check.fail(
                        CLOCK,
                        answer.clock() + ".",
                        "Set it right: Duo refuses requests that are minutes off, and windows end by this clock.")
                : Check.pass(
                        CLOCK,
                        answer.clock()
                                + (answer.clockAhead().orElseThrow().abs().compareTo(CLOCK_NEAR) > 0
                                        ? ". Keep it right with NTP"
                                        : ""));
    }
}
