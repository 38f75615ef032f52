// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.settings.TimeRange;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

final class RangeOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "TIME",
            converter = Time.class,
            description = "The first instant, included: 2026-11-01T00:00:00Z, or a day for its beginning in UTC.")
    private Instant from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "TIME",
            converter = End.class,
            description = "The last instant, included; a day for its end, so that the day is included.")
    private Instant to;

    /**
     * Returns the range.
     *
     * @throws ParameterException if it ends before it begins, which picocli reports
     */
    TimeRange range(boolean skipExisting) {
        if (!from.isBefore(to)) {
            throw new ParameterException(
                    new CommandLine(command), "--from is " + from + " and --to is " + to + ": --to must be later.");
        }
        return new TimeRange(from, to, skipExisting);
    }

    static final class Time implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            return TimeRange.parse(value).orElseThrow(() -> wrong(value));
        }
    }

    static final class End implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            return TimeRange.parseEnd(value).orElseThrow(() -> wrong(value));
        }
    }

    private static CommandLine.TypeConversionException wrong(String value) {
        return new CommandLine.TypeConversionException("'" + value + "' is not " + TimeRange.FORM);
    }
}
