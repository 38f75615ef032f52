// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.run.Stream;
import dev.duocollector.run.Streams;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.Settings;
import dev.duocollector.text.Count;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which of the configured accounts and logs a command is about. */
final class StreamOptions {

    /** How many streams a message names. */
    @Option(
            names = "--account",
            paramLabel = "NAME",
            converter = ToAccount.class,
            description =
                    "Only this account: the name of its file in the folder of accounts, its API hostname or account id, or the"
                            + " name of its parent.")
    private @Nullable String account;

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = ToLog.class,
            completionCandidates = Logs.class,
            description = "Only this one of duo.logs: telephony, authentication or activity.")
    private @Nullable DuoLog log;

    /** Returns what is chosen; all if nothing is. */
    Selection selection() {
        return new Selection(Optional.ofNullable(account), Optional.ofNullable(log));
    }

    /**
     * Returns the only stream of a context, for a command that is about one.
     *
     * @throws RefusedException if there are several
     */
    static Stream only(CamelContext context) {
        Streams streams = Streams.of(context);
        streams.withChildren(context, true);
        List<Stream> all = streams.all();
        requireOne(all.stream().map(Stream::settings).toList());
        return all.get(0);
    }

    /**
     * Returns the only one, for a command that is about one.
     *
     * @throws RefusedException if there are several
     */
    static Settings requireOne(List<Settings> streams) {
        if (streams.size() == 1) {
            return streams.get(0);
        }
        if (streams.isEmpty()) {
            throw RefusedException.operator("No account is configured.");
        }
        boolean severalAccounts =
                streams.stream().map(Settings::name).distinct().count() > 1;
        List<String> names = streams.stream()
                .map(each -> severalAccounts
                        ? each.streamName().toString()
                        : each.log().duoLog().toString())
                .toList();
        throw RefusedException.operator("The settings name " + streams.size()
                + " logs, and this command is about one. Add " + (severalAccounts ? "--account and --log" : "--log")
                + ": there are " + Count.names(names, ", ") + ".");
    }

    /** What a shell completes. */
    static final class Logs implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(DuoLog.values()).map(DuoLog::toString).iterator();
        }
    }

    /** An empty name would choose all accounts: a script's variable is empty, and not its wish. */
    static final class ToAccount implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            if (value.isBlank()) {
                throw new TypeConversionException(
                        "'" + value + "' is no account: name one, or leave --account out for all");
            }
            return value;
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
