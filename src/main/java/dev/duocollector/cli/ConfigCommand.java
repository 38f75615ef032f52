// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.text.PlainLine;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the settings in force and where each comes from. */
@Command(
        name = "config",
        description = {
            "Prints the settings in force, one a line, each with where it comes from, and your files in force. Asks neither Duo"
                    + " nor S3.",
            "The integration key and the secret key are masked."
        },
        exitCodeList = {
            "0:every setting has a value that is allowed",
            "1:a vault that a setting names could not be reached: try again",
            "2:some are not allowed, or a file is wrong; the line after each says why"
        },
        footer = {
            "  config                     all settings",
            "  config | grep -v default   those that are set",
            "  config --json              all, as one JSON document"
        })
public final class ConfigCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print one JSON document instead of lines.")
    private boolean json;

    @Override
    public Integer call() {
        return print(SettingSources.of(System.getenv()), Map.of(), System.out, json);
    }

    /** Prints the settings that these sources make, and returns the exit code. */
    public static int print(SettingSources sources, Map<String, String> overrides, PrintStream out, boolean json) {
        ConfigReport report = ConfigReport.of(new CamelSettings(sources, overrides).examine(), sources);
        if (json) {
            out.println(report.document());
        } else {
            report.lines().forEach(line -> out.println(PlainLine.of(line)));
        }
        return report.exitCode();
    }
}
