// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up with lines for humans as logback.xml does, in a fraction of the time: Logback's reader of XML takes a twelfth
 * of a short run. The levels and the pattern come from the same files, which are written for this as well: a logger is a
 * line of its own. ConsoleLinesTest compares the two.
 */
public final class LogSetup {

    private static final Pattern LOGGER =
            Pattern.compile("^ *<logger name=\"([\\w.]+)\" level=\"(\\w+)\" />$", Pattern.MULTILINE);
    private static final Pattern LINE = Pattern.compile("<pattern>(.*)</pattern>");

    private static final String HUMAN = "human";
    private static final String FILE = "logback.configurationFile";

    private LogSetup() {}

    /**
     * Sets Logback up, before anything logs: by a file of the operator's, which the JVM was started with, else for lines as the
     * setting log.format says.
     *
     * @param target {@code System.out} or {@code System.err}
     */
    public static void apply(String target) {
        System.setProperty("dev.duocollector.log.target", target);
        if (System.getProperty(FILE) != null) {
            return;
        }
        if (System.getProperty("dev.duocollector.log.format", HUMAN).equals(HUMAN)) {
            apply(
                    (LoggerContext) LoggerFactory.getILoggerFactory(),
                    target,
                    System.getProperty("dev.duocollector.log.root", "INFO"),
                    System.getProperty("dev.duocollector.log.level", "INFO"));
        } else {
            System.setProperty(FILE, "dev/duocollector/logback.xml");
        }
    }

    /**
     * Replaces what the context has.
     *
     * @param target {@code System.out} or {@code System.err}
     * @param root the level of all loggers that have none of their own
     * @param own the level of the program's
     */
    static void apply(LoggerContext context, String target, String root, String own) {
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(UTF_8);
        encoder.setPattern(LINE.matcher(file("logback-human.xml"))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow());
        encoder.start();
        ConsoleLines console = new ConsoleLines();
        console.setContext(context);
        console.setName("console");
        console.setTarget(target);
        console.setEncoder(encoder);
        console.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(root));
        context.getLogger("dev.duocollector").setLevel(Level.valueOf(own));
        for (String name : new String[] {"logback-caps.xml", "logback.xml"}) {
            LOGGER.matcher(file(name)).results().forEach(found -> setLevel(context, found));
        }
    }

    private static void setLevel(LoggerContext context, MatchResult found) {
        context.getLogger(found.group(1)).setLevel(Level.valueOf(found.group(2)));
    }

    private static String file(String name) {
        try (InputStream in = LogSetup.class.getResourceAsStream("/dev/duocollector/" + name)) {
            if (in == null) {
                throw new IllegalStateException("The jar has no " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
