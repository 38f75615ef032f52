// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.route;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What is logged while it is open: by the collector down to DEBUG, by everything else down to INFO. */
final class Logs implements AutoCloseable {

    /** The keys of Duo and S3, what is made of them for a request, and the phone numbers of {@code MadeUpEvents}. */
    private static final Pattern SECRET = Pattern.compile(Pattern.quote(World.SKEY) + "|"
            + Pattern.quote(World.s3().secretKey()) + "|Basic [A-Za-z0-9+/]{8}|AWS4-HMAC|1202555\\d{4}");

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("dev.duocollector");
    private final Level rootBefore = root.getLevel();
    private final Level before = ours.getLevel();
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    private Logs() {
        Appender.OPEN.add(events);
        root.setLevel(Level.INFO);
        ours.setLevel(Level.DEBUG);
    }

    static Logs capture() {
        return new Logs();
    }

    /** Returns the lines logged at that level by the collector, oldest first. */
    List<String> lines(Level level) {
        return events.stream()
                .filter(event -> event.getLoggerName().startsWith("dev.duocollector"))
                .filter(event -> event.getLevel().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Returns the collector's lines from INFO up that the calling thread has logged, each behind its level. */
    List<String> linesOfThisThread() {
        return events.stream()
                .filter(event -> event.getLoggerName().startsWith("dev.duocollector"))
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .filter(event ->
                        event.getThreadName().equals(Thread.currentThread().getName()))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Returns the stack traces that the collector logged, each behind its line. */
    List<String> traces() {
        return events.stream()
                .filter(event -> event.getLoggerName().startsWith("dev.duocollector"))
                .filter(event -> event.getThrowableProxy() != null)
                .map(Logs::whole)
                .toList();
    }

    /** Returns the lines that report on runs, each behind its level. */
    List<String> reports() {
        return events.stream()
                .filter(event -> event.getLoggerName().equals("dev.duocollector.run"))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Returns the runs that have lines, in the order of their first. */
    List<String> runs() {
        return events.stream()
                .map(event -> event.getMDCPropertyMap().get("duo.run.id"))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** Returns the collector's lines of a run, each behind its level. */
    List<String> linesOf(String run) {
        return events.stream()
                .filter(event -> run.equals(event.getMDCPropertyMap().get("duo.run.id")))
                .filter(event -> event.getLoggerName().startsWith("dev.duocollector"))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Returns what an operator would take for trouble without knowing what to do: others' warnings, and stack traces. */
    List<String> noise() {
        return events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .filter(event -> !event.getLoggerName().startsWith("dev.duocollector")
                        || event.getThrowableProxy() != null
                        || event.getFormattedMessage().contains("\n"))
                .map(Logs::whole)
                .toList();
    }

    /** Returns the lines, at whatever level, that hold a secret or a phone number. */
    List<String> secrets() {
        return events.stream()
                .map(Logs::whole)
                .filter(line -> SECRET.matcher(line).find())
                .toList();
    }

    void clear() {
        events.clear();
    }

    private static String whole(ILoggingEvent event) {
        String line = event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage();
        return event.getThrowableProxy() == null
                ? line
                : line + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    @Override
    public void close() {
        root.setLevel(rootBefore);
        ours.setLevel(before);
        Appender.OPEN.removeIf(list -> list == events);
    }

    /**
     * Where logback-test.xml sends everything. It is there from the start, since one that is added while another thread logs,
     * such as that of an abandoned collector, may be overlooked: Logback's list of appenders takes its copy for fresh.
     */
    public static final class Appender extends AppenderBase<ILoggingEvent> {

        private static final List<List<ILoggingEvent>> OPEN = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            OPEN.forEach(list -> list.add(event));
        }
    }
}
