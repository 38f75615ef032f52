// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.Stream;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which of the logs in duo.logs a command is about. */
final class LogOption {

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = ToLog.class,
            description = "Only this one of duo.logs: telephony, authentication or activity.")
    private @Nullable DuoLog log;

    /** Returns the log; empty for all. */
    Optional<DuoLog> log() {
        return Optional.ofNullable(log);
    }

    /**
     * Returns the only stream of a context, for a command that reads one.
     *
     * @throws RefusedException if there are several
     */
    static Stream only(CamelContext context) {
        Stream stream = Stream.of(context);
        requireOne(stream.settings());
        return stream;
    }

    /** @throws RefusedException if the settings are for several logs */
    static void requireOne(Settings settings) {
        List<Settings> all = settings.ofEachLog();
        if (all.size() > 1) {
            throw RefusedException.operator(
                    "duo.logs names " + all.size() + " logs, and this command is about one. Add --log "
                            + all.stream().map(Settings::label).collect(Collectors.joining(" or --log ")) + ".");
        }
    }

    static final class ToLog implements ITypeConverter<DuoLog> {
        @Override
        public DuoLog convert(String value) {
            return DuoLog.named(value.strip().toLowerCase(Locale.ROOT))
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + value + "' is not a log that is collected: telephony, authentication or activity"));
        }
    }
}
