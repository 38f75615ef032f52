// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.helpers.FormattingTuple;
import org.slf4j.helpers.MessageFormatter;

/**
 * The only way this program logs: each message is one line without a phone number, whatever text from outside is in it, and
 * whatever logging the application has. Patterns are SLF4J's; a throwable may come last.
 */
public final class Log {

    /** The name under which every log line of a run has the run's id, in the logging framework's context. */
    private static final String RUN = "duo.run.id";

    /** And the stream that it is of, where there are several. */
    private static final String STREAM = "duo.stream";

    private final Logger logger;

    private Log(Logger logger) {
        this.logger = logger;
    }

    public static Log of(Class<?> type) {
        return new Log(LoggerFactory.getLogger(type));
    }

    /**
     * Gives the lines of this thread the id of a run, until {@link #nameNoRun}.
     *
     * @param stream what it is a run of; empty if there is only one
     */
    public static void nameRun(String id, String stream) {
        if (!id.equals(MDC.get(RUN))) {
            MDC.put(RUN, id);
            MDC.remove(STREAM);
            if (!stream.isEmpty()) {
                MDC.put(STREAM, stream);
            }
        }
    }

    public static void nameNoRun() {
        MDC.remove(RUN);
        MDC.remove(STREAM);
    }

    /** Returns a text as it may be logged. */
    public static String line(@Nullable String text) {
        // In this order: once spelled out, a separator between two digits would no longer be recognized.
        return text == null ? "" : PlainLine.of(PhoneNumbers.masked(text));
    }

    private static String named(@Nullable String text) {
        String stream = MDC.get(STREAM);
        return (stream == null ? "" : stream + ": ") + line(text);
    }

    public boolean isDebugEnabled() {
        return logger.isDebugEnabled();
    }

    public void debug(String pattern, @Nullable Object... arguments) {
        if (logger.isDebugEnabled()) {
            FormattingTuple said = MessageFormatter.arrayFormat(pattern, arguments);
            logger.debug(named(said.getMessage()), Trace.of(said.getThrowable()));
        }
    }

    public void info(String pattern, @Nullable Object... arguments) {
        FormattingTuple said = MessageFormatter.arrayFormat(pattern, arguments);
        logger.info(named(said.getMessage()), Trace.of(said.getThrowable()));
    }

    public void warn(String pattern, @Nullable Object... arguments) {
        FormattingTuple said = MessageFormatter.arrayFormat(pattern, arguments);
        logger.warn(named(said.getMessage()), Trace.of(said.getThrowable()));
    }

    public void error(String pattern, @Nullable Object... arguments) {
        FormattingTuple said = MessageFormatter.arrayFormat(pattern, arguments);
        logger.error(named(said.getMessage()), Trace.of(said.getThrowable()));
    }

    /** A throwable as it may be logged: its stack trace, with the original's name and what it says as one line. */
    private static final class Trace extends Throwable {

        private static final long serialVersionUID = 1L;

        private Trace(Throwable original) {
            super(line(original.toString()));
            setStackTrace(original.getStackTrace());
        }

        static @Nullable Throwable of(@Nullable Throwable original) {
            return original == null ? null : of(original, Collections.newSetFromMap(new IdentityHashMap<>()));
        }

        private static Throwable of(Throwable original, Set<Throwable> seen) {
            seen.add(original);
            Trace trace = new Trace(original);
            Throwable cause = original.getCause();
            if (cause != null && !seen.contains(cause)) {
                trace.initCause(of(cause, seen));
            }
            for (Throwable suppressed : original.getSuppressed()) {
                if (!seen.contains(suppressed)) {
                    trace.addSuppressed(of(suppressed, seen));
                }
            }
            return trace;
        }
    }
}
