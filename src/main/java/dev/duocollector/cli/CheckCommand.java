// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.check.CheckReport;
import dev.duocollector.check.Preflight;
import dev.duocollector.settings.Selection;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks, before the first run, whether one would come through. */
@Command(
        name = "check",
        description = {
            "Checks in seconds whether a run would succeed: settings, routes, one request to Duo, and what S3 allows.",
            "Stores no event. In the bucket it writes and deletes one small object beside the state."
        },
        exitCodeList = {
            "0:a run would succeed",
            "1:something failed that may pass by itself, such as the network: check again",
            "2:needs an operator first; each line with a cross says what to do"
        },
        footer = {
            "  check           a line for each check, with a remedy where it failed",
            "  check --json    the same as one JSON document, for scripts"
        })
final class CheckCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Mixin
    private StreamOptions streams = new StreamOptions();

    @Override
    public Integer call() {
        return check(streams.selection(), json);
    }

    /** Checks the working directory's settings, prints what it finds, and returns the exit code. */
    static int check(Selection selection, boolean json) {
        CheckReport report = new CheckReport("a run would succeed.", System.out, json, standardOutputCharset());
        new Preflight(System.getenv(), Map.of(), selection, report::add).run();
        return report.end();
    }

    /** What standard output is encoded in: newer Java runtimes say so, and 17 uses its default. */
    static Charset standardOutputCharset() {
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding", ""));
        return name.isEmpty() || !Charset.isSupported(name) ? Charset.defaultCharset() : Charset.forName(name);
    }
}
