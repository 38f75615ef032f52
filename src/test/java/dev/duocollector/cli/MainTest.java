// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.text.PlainLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What the program says of its use, and what it exits with when nobody hears it. */
class MainTest {

    private final PrintStream outBefore = System.out;
    private final PrintStream errBefore = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** A disk that is full once so many bytes are on it. */
    private static final class FullDisk extends OutputStream {

        private int left;

        FullDisk(int bytes) {
            left = bytes;
        }

        @Override
        public void write(int b) throws IOException {
            if (left-- <= 0) {
                throw new IOException("No space left on device");
            }
        }
    }

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, false, UTF_8));
        System.setErr(new PrintStream(err, true, UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(outBefore);
        System.setErr(errBefore);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "help                 | Usage: duo-collector [-hV] [--quiet] [--verbose] [COMMAND]",
                "help once            | Usage: duo-collector once",
                "help state           | Usage: duo-collector state",
                "help state show      | --max-lag=DURATION",
                "state help show      | --max-lag=DURATION",
                "state help           | Usage: duo-collector state",
                "help help            | Usage: duo-collector help",
                "help version         | Usage: duo-collector version",
                "help --help          | Usage: duo-collector help",
                "--help               | Usage: duo-collector [-hV] [--quiet] [--verbose] [COMMAND]",
                "help init            | --skey-file=FILE",
                "help completion      | --name=NAME",
                "version              | duo-telephony-collector (not packaged)",
                "--version            | duo-telephony-collector (not packaged)",
                "once --version       | duo-telephony-collector (not packaged)",
                "state show --version | duo-telephony-collector (not packaged)",
            })
    void explainsItself_askedByAWordOrAnOption(String arguments, String expected) {
        assertThat(Main.execute(arguments.split(" "))).isZero();
        assertThat(out.toString(UTF_8)).contains(expected);
        assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= 80);
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    /** Examples are not broken, each text begins with a sentence of its own, and options of one name mean the same. */
    @Test
    void help_isWellFormed_ofEveryCommand() {
        List<String> flaws = new ArrayList<>();
        Map<String, Set<String>> meanings = new TreeMap<>();
        int commands = look(Main.program(), flaws, meanings);

        assertThat(commands).isGreaterThan(20);
        assertThat(flaws).isEmpty();
        assertThat(meanings.get("--json")).hasSize(1);
        assertThat(meanings.get("--verbose")).hasSize(1);
    }

    private static int look(CommandLine command, List<String> flaws, Map<String, Set<String>> meanings) {
        String name = command.getCommandSpec().qualifiedName();
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        Arrays.stream(usage.footer())
                .filter(line -> line.length() > usage.width())
                .forEach(line -> flaws.add(name + " breaks: " + line));
        Arrays.stream(usage.description())
                .filter(text -> !text.endsWith("."))
                .forEach(text -> flaws.add(name + " ends in the middle: " + text));
        for (OptionSpec option : command.getCommandSpec().options()) {
            String meaning = String.join(" ", option.description());
            if (!meaning.endsWith(".")) {
                flaws.add(name + " " + option.longestName() + " is no sentence: " + meaning);
            }
            meanings.computeIfAbsent(option.longestName(), any -> new TreeSet<>())
                    .add(meaning);
        }
        return 1
                + command.getSubcommands().values().stream()
                        .mapToInt(below -> look(below, flaws, meanings))
                        .sum();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fast              | Unknown option: '--fast'.                       | duo-collector",
                "-x                  | Unknown option: '-x'.                           | duo-collector",
                "onc                 | Unmatched argument at index 0: 'onc'. Did you mean: | duo-collector",
                "once --fast         | Unknown option: '--fast'.                       | duo-collector once",
                "once --dry-runs     | Unknown option: '--dry-runs'. Did you mean:     | duo-collector once",
                "run now             | Unmatched argument at index 1: 'now'.           | duo-collector run",
                "help onse           | There is no command 'onse'.                     | duo-collector",
                "help state shwo     | There is no command 'state shwo'.               | duo-collector state",
                "version 2           | Unmatched argument at index 1: '2'.             | duo-collector version",
                "state               | Missing: show, set-through, import, or settle.  | duo-collector state",
                "cluster             | Missing: ddl or check.                          | duo-collector cluster",
                "state shw           | Unmatched argument at index 1: 'shw'.           | duo-collector state",
                "state show --max-lag       | Missing required parameter for option '--max-lag' (DURATION)."
                        + " | duo-collector state show",
                "state show --max-lag 3     | '3' is not a positive duration            | duo-collector state show",
                "state show --max-lag 0s    | '0s' is not a positive duration           | duo-collector state show",
                "state show --max-lag -3h   | duration                                  | duo-collector state show",
                "state show --max-lag PT-3H | 'PT-3H' is not a positive duration        | duo-collector state show",
                "backfill            | Missing required options: '--from=TIME', '--to=TIME'. | duo-collector backfill",
                "backfill --from x --to y   | 'x' is not a time                         | duo-collector backfill",
                "verify --from 2026-11-03 --to 2026-11-01 | --to must be later.          | duo-collector verify",
                "once --quiet --verbose     | --quiet and --verbose exclude each other | duo-collector once",
                "--verbose state show --quiet | --quiet and --verbose exclude each other | duo-collector state show",
                "--quiet --verbose          | --quiet and --verbose exclude each other | duo-collector run",
                "once --account=            | '--account': '' is no account: name one, or leave --account out | duo-collector once",
                "state --account= show      | '--account': '' is no account        | duo-collector state",
                "state show --account=      | '--account': '' is no account        | duo-collector state show",
                "once --log=                | '' is not a log that is collected          | duo-collector once",
                "once --log activity --log telephony | option '--log' (LOG) should be specified only once | duo-collector once",
                "state --log activity set-through now-1h --log telephony | option '--log' should be specified only once"
                        + " | duo-collector state set-through",
                "state --account acme set-through now-1h --account globex | option '--account' should be specified only once"
                        + " | duo-collector state set-through",
                "config --quiet=false       | should be specified without 'false' parameter | duo-collector config",
                "udm --check --import | mutually exclusive                             | duo-collector udm",
            })
    void wrongUse_isOneLine_andWhereToRead(String arguments, String message, String command) {
        assertThat(Main.execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8).lines()).hasSize(2);
        assertThat(err.toString(UTF_8)).contains(message).endsWith("See: " + command + " --help\n");
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state --account acme --log activity set-through now-1h",
                "state --account acme set-through now-1h --log activity",
                "state set-through now-1h --account acme --log activity"
            })
    void option_mayStandOnEitherSideOfASubcommand(String arguments) {
        Main.execute(arguments.split(" "));

        assertThat(err.toString(UTF_8)).doesNotContain("only once", "See: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on\nce", "on\u001b[2Jce", "on\u202ece", "--fa\rst", "help on\u0085ce", "help a\u2028b"})
    void wrongUse_isOneLine_whateverIsTyped(String arguments) {
        assertThat(Main.execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8).lines()).hasSize(2);
        assertThat(err.toString(UTF_8).replace("\n", "").codePoints()).allMatch(PlainLine::isPlain);
    }

    @ParameterizedTest
    @CsvSource({
        "--help, 0",
        "--help, 100",
        "--version, 0",
        "help, 0",
        "help once, 0",
        "once --help, 0",
        "state show --help, 200",
        "version, 5",
        "config, 0",
        "config --json, 300"
    })
    void doneIsNotDone_whenTheOutputIsLost(String arguments, int bytes) {
        int whole = Main.execute(arguments.split(" "));
        assertThat(out.size()).as("what there is to lose").isGreaterThan(bytes);
        assertThat(err.toString(UTF_8)).isEmpty();
        System.setOut(new PrintStream(new FullDisk(bytes), false, UTF_8));

        // Without settings, config has found something wrong with them before, and an operator is to see that first.
        assertThat(Main.execute(arguments.split(" "))).isEqualTo(whole == 0 ? 1 : whole);
        assertThat(err.toString(UTF_8)).hasLineCount(1).startsWith("Standard output could not be written");
    }

    /** On standard output is the log of what collects, and the result of everything else. */
    @ParameterizedTest
    @CsvSource({
        "'',                         true",
        "run,                        true",
        "run --first,                true",
        "once,                       true",
        "once --dry-run,             false",
        "once --first --dry-run,     false",
        "backfill --from a --to b,   true",
        "verify --from run --to b,   false",
        "check,                      false",
        "config --json,              false",
        "state show,                 false",
        "udm,                        false",
        "help run,                   false",
        "rum,                        false",
        "--quiet,                    true",
        "--verbose once,             true",
        "--quiet check,              false",
        "init --check,               false",
        "completion bash,            false",
    })
    void log_goesToStandardOutput_onlyWhereNoResultDoes(String arguments, boolean there) {
        List<String> words = arguments.isEmpty() ? List.of() : List.of(arguments.split(" "));

        assertThat(Main.collects(words)).isEqualTo(there);
    }

    /** Only the command that is called is made, so each must be found by its own name. */
    @Test
    void everyCommand_isMadeUnderItsName() {
        List<String> names = List.copyOf(Main.program().getSubcommands().keySet());
        assertThat(names).contains("init", "once", "version").hasSizeGreaterThan(10);
        for (String name : names) {
            out.reset();
            assertThat(Main.execute(name, "--help")).as(name).isZero();
            assertThat(out.toString(UTF_8)).as(name).startsWith("Usage: duo-collector " + name + " ");
        }
        out.reset();
        assertThat(Main.execute("--help", "once")).isZero();
        assertThat(out.toString(UTF_8)).as("the program's help").contains(names);
    }
}
