// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.settings.DuoLog;
import dev.duocollector.settings.SettingSources;
import dev.duocollector.settings.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What init asks, takes, refuses and writes; what it writes is read by the program itself. */
class InitCommandTest {

    private static final String HOST = "api-1a2b3c4d.duosecurity.com";
    private static final String IKEY = "DIXXXXXXXXXXXXXXXXXX";
    private static final String KEY = "not-so-secret-key-of-the-tests";
    private static final String[] GIVEN = {"--api-host", HOST, "--ikey", IKEY, "--bucket", "my-duo-logs"};
    private static final List<String> FILES =
            List.of("application.properties", "collector-policy.json", "reader-policy.json", "skey");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = new ArrayList<>();
    private Map<String, String> environment = Map.of();
    private int checks;

    /** An operator who types these, and then nothing more. */
    private final class Typing implements Questions {

        private final Deque<String> answers;

        Typing(String... answers) {
            this.answers = new ArrayDeque<>(List.of(answers));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }

        @Override
        public boolean isInputTerminal() {
            return true;
        }

        @Override
        public @Nullable String line(String question) {
            asked.add(question);
            return answers.poll();
        }

        @Override
        public @Nullable String secret(String question) {
            asked.add("(not shown) " + question);
            return answers.poll();
        }
    }

    /** A script's process. */
    private static final class Nobody implements Questions {

        @Override
        public boolean isTerminal() {
            return false;
        }

        @Override
        public boolean isInputTerminal() {
            return false;
        }

        @Override
        public @Nullable String line(String question) {
            throw new AssertionError("Nobody is there to answer: " + question);
        }

        @Override
        public @Nullable String secret(String question) {
            return line(question);
        }
    }

    @Test
    void script_givesOptions_andTheKeyOnStandardInput() throws IOException {
        assertThat(script(KEY + "\n", GIVEN)).as(err.toString()).isZero();

        assertThat(names()).isEqualTo(FILES);
        assertThat(folder.resolve("skey")).hasContent(KEY);
        assertThat(Files.readString(folder.resolve("application.properties")))
                .doesNotContain(KEY, "duo.logs", "s3.region", "udm");
        Settings settings = read();
        assertThat(settings.account().apiHost()).isEqualTo(HOST);
        assertThat(settings.account().secretKey()).isEqualTo(KEY);
        assertThat(settings.account().bucket()).isEqualTo("my-duo-logs");
        assertThat(settings.account().logs()).containsExactly(DuoLog.TELEPHONY);
        assertThat(out.toString())
                .contains("Grant read log", "s3://my-duo-logs/duo-telephony/")
                .doesNotContain(KEY);
        assertThat(err.toString()).isEmpty();
        assertThat(checks).isZero();
    }

    @Test
    void terminal_isAskedWhatNoOptionSays_andAgainWithTheReason() throws IOException {
        Questions operator = new Typing(
                "https://" + HOST + "/",
                " " + HOST.toUpperCase(Locale.ROOT) + " ",
                "",
                "\"" + KEY + "\"",
                KEY,
                "telephony, calls",
                "telephony,authentication",
                "s3://my-duo-logs",
                "my-duo-logs",
                "eu-central-1",
                "no");

        assertThat(init(operator, "", "--ikey", IKEY, "--udm"))
                .as(err.toString())
                .isZero();

        assertThat(err.toString().lines().skip(2))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("Setting duo.api.host is 'https://")
                                .contains("without https://"),
                        line -> assertThat(line).startsWith("It is needed: the secret key"),
                        line -> assertThat(line).startsWith("Setting duo.skey has quotation marks"),
                        line -> assertThat(line).startsWith("Setting duo.logs is 'telephony, calls'. Allowed: "),
                        line -> assertThat(line).startsWith("Setting s3.bucket is 's3://my-duo-logs'. Allowed: "));
        assertThat(err.toString() + out).doesNotContain(KEY);
        assertThat(asked)
                .filteredOn(question -> question.startsWith("(not shown)"))
                .hasSize(3);
        Settings settings = read();
        assertThat(settings.account().apiHost()).isEqualTo(HOST);
        assertThat(settings.account().logs()).containsExactly(DuoLog.TELEPHONY, DuoLog.AUTHENTICATION);
        assertThat(settings.account().s3Connection().region()).contains("eu-central-1");
        assertThat(settings.ofEachLog())
                .extracting(each -> each.log().udmPrefix().orElseThrow().value())
                .containsExactly("duo-telephony-udm", "duo-authentication-udm");
        assertThat(checks).isZero();
    }

    /** Every question, and where each answer ends: Ctrl-D there writes nothing. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void endOfInput_writesNothing(int answered) throws IOException {
        String[] answers = {HOST, IKEY, KEY, "", "my-duo-logs", ""};

        assertThat(init(new Typing(Arrays.copyOf(answers, answered)), "")).isEqualTo(2);

        assertThat(names()).isEmpty();
        assertThat(asked).hasSize(answered + 1);
        assertThat(err.toString()).endsWith("Nothing was written: the input ended before the last answer.\n");
        assertThat(init(new Typing(answers), "")).as("with all answers").isZero();
        assertThat(names()).isEqualTo(FILES);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing      | ''  | ''                                                       | Option --api-host is missing",
                "no key       | ''  | --api-host HOST --ikey DI1 --bucket logs                 | Option --skey-file, or the key on standard input, is missing",
                "two lines    | a=1 | --api-host HOST --ikey DI1 --bucket logs                 | Setting duo.skey has an invisible character (U+000A)",
                "URL          | k   | --api-host https://HOST --ikey DI1 --bucket logs         | Setting duo.api.host is 'https://",
                "other host   | k   | --api-host example.com --ikey DI1 --bucket logs          | Setting duo.api.host is 'example.com'. Allowed: ",
                "quoted ikey  | k   | --api-host HOST --ikey 'DI1' --bucket logs               | Setting duo.ikey has quotation marks",
                "other log    | k   | --api-host HOST --ikey DI1 --bucket logs --logs trust_monitor | Setting duo.logs names trust_monitor",
                "path         | k   | --api-host HOST --ikey DI1 --bucket logs/duo             | Setting s3.bucket is 'logs/duo'. Allowed: ",
                "no such file | k   | --api-host HOST --ikey DI1 --bucket logs --skey-file nowhere | Setting duo.skey-file is 'nowhere', a file that cannot be read",
                "placeholder  | k   | --api-host HOST --ikey DI1 --bucket logs --region {{nowhere}} | Setting s3.region has the placeholder {{nowhere}}",
            })
    void wrongAnswer_ofAScript_isOneLine_andNothingIsWritten(String name, String key, String arguments, String line)
            throws IOException {
        String[] words = arguments.isEmpty()
                ? new String[0]
                : arguments.replace("HOST", HOST).split(" ");

        assertThat(script(key.replace("=", "\n"), words)).as(name).isEqualTo(2);

        assertThat(err.toString()).contains(line).endsWith("Nothing was written. See: init --help\n");
        assertThat(err.toString().lines()).as(name).hasSize(arguments.isEmpty() ? 5 : 2);
        assertThat(out.toString()).isEmpty();
        assertThat(names()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application.properties", "skey", "collector-policy.json", "reader-policy.json"})
    void aFileThatIsThere_isLeft_andNothingIsAskedOrWritten(String there) throws IOException {
        Files.writeString(folder.resolve(there), "mine");

        assertThat(init(new Typing(), "")).isEqualTo(2);

        assertThat(err.toString()).hasLineCount(1).contains("already has " + there + ", and init never overwrites");
        assertThat(asked).isEmpty();
        assertThat(names()).containsExactly(there);
        assertThat(folder.resolve(there)).hasContent("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "my key", "C#!=:key", " ä-ключ ", "back\\slash\\u0041"})
    void keysOwnFile_isNamed_whateverItsPathHasInIt(String name) throws IOException {
        Path key = Files.writeString(folder.resolve(name.strip()), KEY);

        assertThat(script("", with("--skey-file", key.toString())))
                .as(err.toString())
                .isZero();

        assertThat(names()).doesNotContain("skey").contains("application.properties");
        Settings settings = new CamelSettings(SettingSources.of(Map.of(), folder), Map.of()).examine();
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.account().secretKey()).isEqualTo(KEY);
        assertThat(settings.shown("duo.skey-file")).isEqualTo(key.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "as an option,   --check, ,   1",
        "Enter,          '',      '', 1",
        "yes,            '',      y,  1",
        "no,             '',      no, 0",
        "the input ends, '',      ,   0"
    })
    void check_isMade_ifItIsWanted(String name, String option, @Nullable String answer, int made) {
        List<String> answers = new ArrayList<>(List.of(KEY, "", ""));
        if (answer != null) {
            answers.add(answer);
        }

        int code = init(new Typing(answers.toArray(String[]::new)), "", option.isEmpty() ? GIVEN : with(option));

        assertThat(checks).as(name).isEqualTo(made);
        assertThat(code).as("the check's exit code").isEqualTo(made == 0 ? 0 : 1);
    }

    @Test
    void environmentThatWouldOverride_isNamed() {
        environment = Map.of("S3_BUCKET", "another", "DUO_LOOKBACK", "3d");

        assertThat(script(KEY, GIVEN)).isZero();

        assertThat(err.toString()).hasLineCount(1).contains("variable S3_BUCKET is set");
    }

    private static String[] with(String... more) {
        return Stream.concat(Stream.of(GIVEN), Stream.of(more)).toArray(String[]::new);
    }

    private int script(String input, String... arguments) {
        return init(new Nobody(), input, arguments);
    }

    private int init(Questions questions, String input, String... arguments) {
        InitCommand command = new InitCommand(
                folder, environment, questions, new ByteArrayInputStream(input.getBytes(UTF_8)), () -> ++checks);
        return Main.prepared(new CommandLine(command))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** As the program reads it; the key's file is beside it, and this test's working directory is elsewhere. */
    private Settings read() {
        String key = folder.resolve("skey").toString();
        Settings settings =
                new CamelSettings(SettingSources.of(Map.of(), folder), Map.of("duo.skey-file", key)).examine();
        assertThat(settings.problems()).isEmpty();
        return settings;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
