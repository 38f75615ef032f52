// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.text;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.ConsoleAppender;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the runnable jar's log lines are written, whatever their format: each message is one line as of {@link Log#line},
 * that of an exception too, also where a library logs it. What has several lines then is a stack trace.
 */
public final class ConsoleLines extends ConsoleAppender<ILoggingEvent> {

    @Override
    protected void append(ILoggingEvent event) {
        String line = Log.line(event.getFormattedMessage());
        Map<String, @Nullable Object> cleaned = new HashMap<>();
        cleaned.put("getFormattedMessage", line);
        cleaned.put("getMessage", line);
        cleaned.put("getArgumentArray", null);
        cleaned.put("getThrowableProxy", cleaned(event.getThrowableProxy()));
        super.append(with(cleaned, event, ILoggingEvent.class));
    }

    private static @Nullable IThrowableProxy cleaned(@Nullable IThrowableProxy original) {
        if (original == null) {
            return null;
        }
        Map<String, @Nullable Object> cleaned = new HashMap<>();
        cleaned.put("getMessage", original.getMessage() == null ? null : Log.line(original.getMessage()));
        cleaned.put("getCause", cleaned(original.getCause()));
        cleaned.put(
                "getSuppressed",
                Arrays.stream(original.getSuppressed())
                        .map(ConsoleLines::cleaned)
                        .toArray(IThrowableProxy[]::new));
        return with(cleaned, original, IThrowableProxy.class);
    }

    /** Returns the original with other answers to some of its methods. */
    private static <T> T with(Map<String, @Nullable Object> answers, T original, Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.containsKey(method.getName())
                        ? answers.get(method.getName())
                        : method.invoke(original, arguments)));
    }
}
