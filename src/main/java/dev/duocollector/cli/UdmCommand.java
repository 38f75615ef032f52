// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SettingsException;
import dev.duocollector.text.PlainLine;
import dev.duocollector.text.Terminal;
import dev.duocollector.udm.UdmConversion;
import dev.duocollector.udm.UdmMapper;
import dev.duocollector.udm.UdmOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what Google SecOps makes of collected events. */
@Command(
        name = "udm",
        description = {
            "Maps collected events to Google SecOps' Unified Data Model, as the tables in Google's guides say.",
            "UDM events go to standard output, one a line; problems and a summary to standard error."
        },
        exitCodeList = {
            "0:every line was mapped, or there was none",
            "1:some lines could not be mapped, or S3 failed: the others are written",
            "2:wrong use, or an input that is not there; the last line says how to continue"
        },
        footer = {
            "  udm --check telephony_*.ndjson.gz            what a feed would make of them",
            "  udm s3://my-duo-logs/duo-telephony/ > udm    all that is in the bucket",
            "  udm --import < events.ndjson                 bodies for events:import"
        })
final class UdmCommand implements Callable<Integer> {

    private static final int OUT_BUFFER_BYTES = 65_536;

    @Parameters(
            paramLabel = "FILE",
            description = {
                "NDJSON, plain or gzip: files, - for standard input (the default), s3://BUCKET/KEY for an object, or"
                        + " s3://BUCKET/PREFIX/ for all objects of a prefix with names that end in .ndjson or .ndjson.gz."
            })
    private List<String> files = new ArrayList<>();

    @ArgGroup
    private Form form = new Form();

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = StreamOptions.ToLog.class,
            completionCandidates = StreamOptions.Logs.class,
            description = "The log that the events are of: telephony (the default), authentication or activity.")
    private DuoLog log = DuoLog.TELEPHONY;

    @Option(
            names = "--ids",
            description =
                    "Also map telephony_id to metadata.productLogId and txid to network.sessionId; telephony's table"
                            + " does not.")
    private boolean ids;

    /** What standard output gets. */
    private static final class Form {

        @Option(names = "--check", description = "Write no events: print the summary, on standard output.")
        private boolean check;

        @Option(
                names = "--import",
                description = "Write request bodies for events:import, each under 4 MB, one a line, instead of events.")
        private boolean importBodies;
    }

    @Override
    public Integer call() {
        UdmProgress progress = new UdmProgress();
        try (UdmInputs inputs = UdmInputs.of(files.isEmpty() ? List.of("-") : files)) {
            return convert(inputs, progress);
        } catch (SettingsException e) {
            e.problems().forEach(progress::say);
            return e.outcome().exitCode();
        } catch (RefusedException e) {
            progress.say(e.getMessage());
            return e.outcome().exitCode();
        } catch (IOException e) {
            // Standard output is lost; the caller reports it.
            progress.clear();
            return ExitCode.AGAIN;
        }
    }

    private int convert(UdmInputs inputs, UdmProgress progress) throws IOException {
        UdmOutput output = output(new BufferedOutputStream(StandardOutput.data(), OUT_BUFFER_BYTES));
        UdmConversion conversion = new UdmConversion(new UdmMapper(ids), log, output, progress::say, progress::count);
        try {
            for (UdmInputs.Input input : inputs.all()) {
                try (InputStream in = input.opening().get()) {
                    conversion.convert(input.name(), in);
                }
            }
        } finally {
            // Also when an input has gone since it was found: what was mapped before it is written, and a body whole.
            output.end();
        }
        progress.clear();
        PrintStream summary = form.check ? System.out : System.err;
        conversion.report().forEach(line -> summary.println(PlainLine.of(line)));
        return conversion.problems() == 0 ? ExitCode.DONE : ExitCode.AGAIN;
    }

    private UdmOutput output(OutputStream out) {
        if (form.check) {
            return UdmOutput.none();
        }
        return form.importBodies ? UdmOutput.importBodies(out) : UdmOutput.lines(out);
    }

    /** Shows on standard error how far the command {@code udm} is: once a second, on one line, and only to a terminal. */
    private static final class UdmProgress {

        private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

        /** Lines between two looks at the clock. */
        private static final int LOOK_EVERY = 1024;

        private final Terminal terminal = new Terminal();
        private final long start = System.nanoTime();
        private long shown = start;
        private long lines;

        void count(String input) {
            lines++;
            if (!terminal.isWatched() || lines % LOOK_EVERY != 0) {
                return;
            }
            long now = System.nanoTime();
            if (now - shown >= EVERY_NANOS) {
                shown = now;
                String line = String.format(
                        Locale.ROOT,
                        "%,d lines, %,d a second, %s",
                        lines,
                        lines * TimeUnit.SECONDS.toNanos(1) / (now - start),
                        PlainLine.of(input));
                terminal.show(line);
            }
        }

        void say(String line) {
            clear();
            System.err.println(PlainLine.of(line));
        }

        void clear() {
            terminal.clear();
        }
    }
}
