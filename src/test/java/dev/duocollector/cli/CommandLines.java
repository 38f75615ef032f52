// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One process for many command lines, each in an argument: starting a JVM takes longer than most commands. Standard output is
 * opened anew for each, since it would keep the failures of those before. Standard error has the log, as for every command whose
 * result is printed, and says how each has ended.
 */
public final class CommandLines {

    /** What a line of standard error begins with that tells an exit code and its command line. */
    public static final String ENDED = "ended with ";

    private static final Pattern END = Pattern.compile("(?m)^" + ENDED + ".*\\R");

    private CommandLines() {}

    /** Returns what standard error has of each command line, in their order, with how it has ended as the last line. */
    public static List<String> saidByEach(String standardError) {
        List<String> said = new ArrayList<>();
        int from = 0;
        for (Matcher end = END.matcher(standardError); end.find(); from = end.end()) {
            said.add(standardError.substring(from, end.end()));
        }
        return said;
    }

    /** Runs each argument as the program's command line, whatever the others have ended with. */
    public static void main(String[] commandLines) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dev/duocollector/logback.xml");
        }
        System.setProperty("dev.duocollector.log.target", "System.err");
        for (String commandLine : commandLines) {
            System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8));
            int code = Main.execute(commandLine.split(" "));
            System.err.println(ENDED + code + ": " + commandLine);
        }
        System.exit(0);
    }
}
