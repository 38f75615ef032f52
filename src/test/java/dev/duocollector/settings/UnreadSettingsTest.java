// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.cli.ConfigCommand;
import dev.duocollector.route.World;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A setting that cannot be read, resolved or recognized is an error, wherever it was written and whichever command reads it:
 * had it counted as not set, the collector would begin elsewhere and store everything again.
 */
class UnreadSettingsTest {

    /** Far more than reading takes; who waits for a writer waits for ever. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private static final String CFG = "etc/dev.duocollector-acme.cfg";

    @TempDir
    private Path folder;

    /** Where a setting may be written. */
    enum Form {
        ENVIRONMENT,
        FILE,
        KARAF
    }

    // ---- Values.

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                // Placeholders that cannot be resolved.
                value(
                        "state.key",
                        "{{env:NOT_THERE}}/state.json",
                        "{{env:NOT_THERE}}, which cannot be resolved",
                        "NOT_THERE"),
                value("s3.endpoint", "{{env:NOT_THERE}}", "{{env:NOT_THERE}}, which cannot be resolved"),
                value("udm.prefix", "{{nope}}", "{{nope}}, which cannot be resolved", "set nope"),
                value("metrics.textfile", "{{env:NOPE}}/x.prom", "{{env:NOPE}}, which cannot be resolved"),
                value("s3.prefix", "a{{b}}c", "{{b}}, which cannot be resolved"),
                value("duo.skey", "abc{{def}}", "{{def}}, which cannot be resolved"),
                value("duo.ikey", "{{sys:not.there}}", "{{sys:not.there}}, which cannot be resolved"),
                value("duo.api.host", "{{tenant}}.duosecurity.com", "{{tenant}}, which cannot be resolved"),
                value("duo.base-url", "https://{{proxy.name}}", "{{proxy.name}}, which cannot be resolved"),
                value("duo.lookback", "{{days}}d", "{{days}}, which cannot be resolved"),
                value("duo.page.size", "{{size}}", "{{size}}, which cannot be resolved"),
                value("duo.schedule", "{{when}}", "{{when}}, which cannot be resolved"),
                value("duo.skey-file", "{{env:NOT_THERE}}/skey", "{{env:NOT_THERE}}, which cannot be resolved"),
                value("s3.bucket", "{{?bucket}}", "{{?bucket}}, which cannot be resolved"),
                value("state.key", "{{?env:NOT_THERE}}", "{{?env:NOT_THERE}}, which cannot be resolved"),
                value("s3.region", "{{hashicorp:secret:region#x}}", "function hashicorp is not here"),
                value("log.format", "{{format}}", "{{format}}, which cannot be resolved"),
                value("s3.prefix", "a{{b", "{{, which has no end"),
                value("s3.prefix", "a}}b", "}}, which has no beginning"),
                value("s3.prefix", "{{s3.prefix}}", "{{s3.prefix}}, which leads back to itself"),
                value("s3.prefix", "{{my.a}}", "{{my.a}}, which cannot be resolved"),
                value("s3.prefix", "{{s3.endpoint}}/x", "{{s3.endpoint}}, which is empty"),
                value("s3.prefix", "{{a{{b}}}}", "{{b}}, which cannot be resolved"),
                value("s3.prefix", "{{}}", "{{}}, which names nothing", "write {{name}}"),
                value("s3.prefix", "{{ }}", "{{ }}, which names nothing"),
                value("s3.prefix", "{{?}}", "{{?}}, which names nothing"),
                value("s3.prefix", "{{:x}}", "{{:x}}, which names nothing"),
                value("s3.prefix", "{{aws:x}}", "{{aws:x}}, which cannot be resolved", "function aws is not set up"),
                // Text that is not what it looks like.
                value("s3.prefix", "donn\uFFFDes", "U+FFFD", "LANG=C.UTF-8"),
                value("s3.prefix", "donn\u00C3\u00A9es", "read as ISO-8859-1", "\\uXXXX"),
                value("s3.prefix", "\u00C3\u00A0-table", "read as ISO-8859-1", "\\uXXXX"),
                value("udm.prefix", "\u00E6\u0097\u00A5\u00E6\u009C\u00AC", "read as ISO-8859-1", "\\uXXXX"),
                value("duo.ikey", TestSettings.IKEY + "\uFFFD", "U+FFFD"),
                value("s3.bucket", "lo\uD800gs", "U+D800"),
                value("s3.prefix", "logs\u200B", "invisible character (U+200B)"),
                value("s3.prefix", "\uFEFFlogs", "invisible character (U+FEFF)"),
                value("state.key", "logs\u00A0/state.json", "invisible character (U+00A0)"),
                value("state.key", "logs/state\nERROR forged", "invisible character (U+000A)"),
                value("udm.prefix", "logs\u202Emdu", "invisible character (U+202E)"),
                // Keys as they are copied.
                value("duo.skey", "\"" + TestSettings.SKEY + "\"", "quotation marks"),
                value("duo.skey", "'" + TestSettings.SKEY, "quotation marks"),
                value("duo.skey", "\u201C" + TestSettings.SKEY + "\u201D", "quotation marks"),
                value("duo.ikey", "'" + TestSettings.IKEY + "'", "quotation marks"),
                value("duo.skey", "DUO_SKEY=" + TestSettings.SKEY, "begins with DUO_SKEY=", "write the key alone"),
                value("duo.skey", "duo.skey = " + TestSettings.SKEY, "begins with duo.skey="),
                value("duo.ikey", "Integration key: " + TestSettings.IKEY, "begins with Integration key="),
                value("duo.skey", TestSettings.SKEY + "\u200B", "invisible character (U+200B)"),
                value("duo.skey", TestSettings.SKEY + "\u00A0", "invisible character (U+00A0)"),
                value("duo.skey", "two words", "a blank or a line break"),
                value("duo.skey", "sk\u0435y", "a character that no key of Duo's has"),
                // A schedule that nothing follows.
                value("duo.schedule", "0 0 0 30 2 ?", "a time that comes"),
                value("duo.schedule", "0 0 0 1 1 ? 2020", "a time that comes"),
                value("duo.schedule", "0 0 0 31 4,6,9,11 ?", "a time that comes"));
    }

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("wrongValues")
    void value_isRefused_whereverItWasWritten(String name, String value, List<String> said) throws IOException {
        for (Form form : Form.values()) {
            if (form == Form.FILE && value.contains("\uD800")) {
                continue; // no file can hold it
            }
            Written written = written(form, Map.of(name, value));
            List<String> problems = written.problems();

            assertThat(problems)
                    .as(form + " %s", problems)
                    .singleElement()
                    .asString()
                    .startsWith("Setting " + name + " ");
            assertThat(problems.get(0)).as(form.toString()).contains(said).doesNotContain(TestSettings.SKEY);
            assertThat(written.config()).as("exit code of config").isEqualTo(2);
        }
    }

    static Stream<Arguments> rightValues() {
        return Stream.of(
                value("s3.prefix", "a\\b", "a\\b"),
                value("s3.prefix", "\\\\a\\b\\", "\\\\a\\b\\"),
                value("s3.prefix", "donn\u00E9es", "donn\u00E9es"),
                value("s3.prefix", "\u0645\u06CC\u200C\u062E", "\u0645\u06CC\u200C\u062E"),
                value("s3.prefix", "{{not.there:else}}/x", "else/x"),
                value("s3.prefix", "{{env:NOT_THERE:else}}", "else"),
                value("s3.prefix", "x{{not.there:}}", "x"),
                value("s3.prefix", "{{duo.signature}}-{{event.shape}}", "v5-duo-client"),
                value("s3.prefix", "{{not.{{s3.compression}}:else}}", "else"),
                value("s3.prefix", "{{sys:file.separator}}a", "a"));
    }

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("rightValues")
    void value_isKeptAsWritten(String name, String value, List<String> comesTo) throws IOException {
        for (Form form : Form.values()) {
            Written written = written(form, Map.of(name, value));

            assertThat(written.problems()).as(form.toString()).isEmpty();
            assertThat(written.settings().log().prefix()).as(form.toString()).hasToString(comesTo.get(0));
            assertThat(written.config()).as("exit code of config").isZero();
        }
    }

    @Test
    void schedule_thatNeverComes_isNobodysBusiness_whereNothingFollowsIt() throws IOException {
        Map<String, String> never = Map.of("duo.schedule", "0 0 0 30 2 ?", "duo.schedule.auto-startup", "false");

        assertThat(written(Form.FILE, never).problems()).isEmpty();
    }

    // ---- Names.

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "s3.compresion,     s3.compression",
        "event.shpae,       event.shape",
        "udm.prefx,         udm.prefix",
        "observe.prot,      observe.port",
        "log.fromat,        log.format",
        "duo.overlapp,      duo.overlap",
        "duo.page-size,     duo.page.size",
        "duo.skeyfile,      duo.skey-file",
        "state.kye,         state.key",
        "state_key,         state.key",
        "STATE_KEY,         state.key",
        "stateKey,          state.key",
        "State.Key,         state.key",
        "sate.key,          state.key",
        "statekey,          state.key",
        "\u00A0state.key,   state.key",
        "\u0455tate.key,    state.key",
        "S3.PREFIX,         s3.prefix",
        "s3prefix,          s3.prefix",
        "metrics.textfiel,  metrics.textfile",
        "max.iteration,     max.iterations",
        "maximum.iterations.of.mine, ''",
        "duo.something.else, ''",
        "state.lifetime,    ''",
    })
    void name_thatNoSettingHas_isRefused_withTheNearest(String name, String nearest) throws IOException {
        boolean mine = name.startsWith("maximum");
        for (Form form : List.of(Form.FILE, Form.KARAF)) {
            Written written = written(form, Map.of(name, "x"));
            if (mine) {
                assertThat(written.problems())
                        .as("an operator's own, in no namespace")
                        .isEmpty();
                continue;
            }
            assertThat(written.problems())
                    .as(form.toString())
                    .singleElement()
                    .asString()
                    .startsWith("Setting " + name)
                    .contains("does not exist")
                    .contains(nearest.isEmpty() ? "those that do" : "Did you mean " + nearest + "?")
                    .contains(form == Form.KARAF ? " in " + CFG : "");
            assertThat(written.config()).isEqualTo(2);
        }
    }

    @Test
    void name_isTheOperatorsOwn_whenARouteOrASettingUsesIt() throws IOException {
        Map<String, String> own =
                Map.of("s3.archive", "b", "event.kind", "c", "state.team", "d", "state.key", "{{state.team}}/s");
        assertThat(written(Form.FILE, own).problems())
                .as("without the route")
                .hasSize(2)
                .allMatch(problem -> problem.contains("s3.archive") || problem.contains("event.kind"));

        Files.writeString(
                Files.createDirectories(folder.resolve("routes")).resolve("mine.camel.yaml"),
                "- route: {id: mine, from: {uri: 'direct:mine', steps: [{log: '{{s3.archive}} {{?event.kind}} {{duo.mine}}'}]}}\n");

        assertThat(written(Form.FILE, own).problems()).isEmpty();
        assertThat(written(Form.KARAF, own).problems()).isEmpty();
        Map<String, String> ours = new HashMap<>(own);
        ours.put("duo.mine", "e");
        assertThat(written(Form.FILE, ours).problems())
                .as("duo is the program's alone")
                .singleElement()
                .asString()
                .startsWith("Setting duo.mine does not exist.");
    }

    @Test
    void systemProperty_ofANameThatNoSettingHas_isRefused() throws IOException {
        System.setProperty("s3.prefx", "x");
        try {
            assertThat(written(Form.FILE, Map.of()).problems())
                    .containsExactly("Setting s3.prefx does not exist. Did you mean s3.prefix?");
            assertThat(written(Form.KARAF, Map.of()).problems())
                    .as("the container's are everybody's")
                    .isEmpty();
        } finally {
            System.clearProperty("s3.prefx");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DUO_LOOKBAK, DUO_LOOKBACK",
        "STATEKEY,    STATE_KEY",
        "state_key,   STATE_KEY",
        "state.key,   STATE_KEY",
        "S3_PREFX,    S3_PREFIX",
        "DUO_SKEYFILE, DUO_SKEY_FILE",
        "UDM_PERFIX,  UDM_PREFIX",
        "DUO_PORT_8080_TCP,     ''",
        "S3_SERVICE_HOST,       ''",
        "STATE_PORT,            ''",
        "LOG_LEVEL,             ''",
        "AWS_REGION,            ''",
        "STATE_KEY,             ''",
        "PATH,                  ''"
    })
    void environmentVariable_isAWarning_onlyWhenItIsNearlyASettings(String variable, String nearest) {
        List<String> warnings = SettingSources.of(Map.of(variable, "x"), folder).warnings();

        if (nearest.isEmpty()) {
            assertThat(warnings).isEmpty();
        } else {
            assertThat(warnings)
                    .containsExactly("The environment variable " + variable
                            + " is not a setting and has no effect. Did you mean " + nearest + "?");
        }
    }

    // ---- Retired settings, and those without effect.

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "range.skip-existing, true,  warned",
                "range.skip-existing, TRUE,  warned",
                "range.skip-existing, '',    accepted",
                "range.skip-existing, false, refused",
                "range.skip-existing, maybe, refused",
                "range.from, '',         accepted",
                "range.to,   2026-11-01, refused",
                "range.from, 2026-11-01, refused",
                "udm.mechanism, auth,            warned",
                "udm.mechanism, '',              accepted",
                "udm.mechanism, detection-field, refused",
            })
    void retiredSetting_isRefused_onlyWhenItAsksForSomethingElse(String name, String value, String outcome)
            throws IOException {
        for (Form form : Form.values()) {
            Written written = written(form, Map.of(name, value));

            assertThat(written.problems().stream()
                            .anyMatch(line -> line.startsWith("Setting " + name + " is retired, and its value")))
                    .as(form.toString())
                    .isEqualTo(outcome.equals("refused"));
            assertThat(written.sources.warnings())
                    .as(form.toString())
                    .hasSize(outcome.equals("warned") ? 1 : 0)
                    .allMatch(line -> line.startsWith("Setting " + name + " is retired and has no effect: "));
            assertThat(written.problems().isEmpty()).isEqualTo(!outcome.equals("refused"));
        }
    }

    @Test
    void settingOfTheProgram_isAWarning_inAContainer() throws IOException {
        Map<String, String> settings = Map.of("metrics.push", "http://127.0.0.1:9091");

        assertThat(written(Form.KARAF, settings).sources.warnings())
                .containsExactly("Setting metrics.push in " + CFG + " has no effect in a container.");
        assertThat(written(Form.FILE, settings).sources.warnings()).isEmpty();
    }

    // ---- The file.

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                Arguments.of(
                        "Latin-1",
                        "s3.bucket=logs\ns3.prefix=donn\u00E9es\n".getBytes(ISO_8859_1),
                        "is not UTF-8 (line 2)"),
                Arguments.of("UTF-16", "\uFEFFs3.prefix=x\n".getBytes(UTF_16LE), "is not UTF-8 (line 1)"),
                Arguments.of("UTF-16 unmarked", "s3.prefix=x\n".getBytes(UTF_16LE), "is not text in UTF-8"),
                Arguments.of("cut character", new byte[] {'a', '=', (byte) 0xC3}, "is not UTF-8 (line 1)"),
                Arguments.of(
                        "surrogates", new byte[] {'a', '=', (byte) 0xED, (byte) 0xA0, (byte) 0x80}, "is not UTF-8"),
                Arguments.of("broken escape", "s3.prefix=\\u00\n".getBytes(UTF_8), "has a \\u without four"),
                Arguments.of("no name", "a=b\n=x\n".getBytes(UTF_8), "has a line without a name"),
                Arguments.of("blank name", " : x\n".getBytes(UTF_8), "has a line without a name"),
                Arguments.of(
                        "backslash",
                        "a=b\nudm.prefix=C:\\\\udm\\\n\t s3.prefix : x\n".getBytes(UTF_8),
                        "has a backslash at the end of line 2, so that the next line, which sets s3.prefix, belongs to it:"
                                + " remove the backslash, or write two"),
                Arguments.of(
                        "backslash before a setting of one log",
                        "s3.prefix=\\\nduo.lag.activity=3m".getBytes(UTF_8),
                        "has a backslash at the end of line 1, so that the next line, which sets duo.lag.activity,"),
                Arguments.of("too large", new byte[4 * 1024 * 1024 + 1], "is larger than 4 MiB"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongFiles")
    void file_isRefused_withItsPath(String name, byte[] bytes, String said) throws IOException {
        Path file = Files.write(folder.resolve("application.properties"), bytes);

        assertFileRefused(file, said);
    }

    /** With ~ for the end of a line. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            duo.lookback=2h~# \\~~duo.logs = a,\\~  b~ duo.lookback : 3h | Line 1 sets duo.lookback, but line 6 sets it
            s3.prefix=x~s3\\u002eprefix\\~=y                            | Line 1 sets s3.prefix, but line 2 sets it
            s3.prefix=x~s3.prefix=                                      | Line 1 sets s3.prefix, but line 2 sets it
            camel.main.shutdown-timeout=5~camel.main.shutdownTimeout=6  | Line 1 sets camel.main.shutdown-timeout, but line 2 sets it
            team=a~team=b                                               | Line 1 sets team, but line 2 sets it
            duo.page.size=500~s3.prefix=x~duo.page.size=1000            | Line 1 sets duo.page.size, but line 3 sets it
            """)
    void lineThatALaterOneOverrides_isToldOf(String lines, String said) throws IOException {
        Path file = file(lines.replace('~', '\n'));

        assertThat(SettingSources.of(Map.of(), file.getParent()).warnings())
                .singleElement()
                .asString()
                .startsWith(file + ": " + said + " to another value, and the last one counts. Remove one of the two.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '"',
            value = {
                "#s3.prefix=x~s3.prefix=y|y", // a line that was kept as a comment
                "!s3.prefix=x\\~s3.prefix=y|y", // a comment does not go on
                "s3.prefix=y~s3.prefix=y|y",
                "s3.prefix=~s3.prefix=y|y", // not set by default, as the shipped file says
                "s3.prefix=duo-{log}~s3.prefix=y|y", // the default
                "team=s3.prefix=x~s3.prefix=y|y",
                "team=C:\\\\~s3.prefix=y|y",
                "s3.prefix=\\~  y|y",
                "\\~s3.prefix=y|y",
                "\\~~~s3.prefix=y\\|y",
                "s3.prefix=a/\\~~team=b|a/",
                "s3.prefix=a/\\~#b|a/#b",
                "S3.prefix.team=x~s3.prefix=y|y",
                "s3.prefix=a-\\~not.a.setting=b|a-not.a.setting=b",
            })
    void lineThatOverridesNothing_isRead(String lines, String prefix) throws IOException {
        SettingSources sources =
                SettingSources.of(Map.of(), file(lines.replace('~', '\n')).getParent());

        assertThat(sources.isFileUnread()).isFalse();
        assertThat(sources.warnings()).isEmpty();
        assertThat(sources.getProperty("s3.prefix")).isEqualTo(prefix);
    }

    @Test
    void lineThatMayBeASecret_isNotShown() throws IOException {
        String secret = "0123456789abcdef0123456789abcdef01234567";

        assertThat(SettingsFile.read(file(secret + " a\n" + secret + " b\n")).overridden())
                .singleElement()
                .asString()
                .startsWith("Line 1 sets a name, but line 2 sets it")
                .doesNotContain(secret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"folder", "link that leads nowhere", "link to itself", "unreadable"})
    void file_thatIsThereAndCannotBeRead_isRefused(String how) throws IOException {
        Path file = folder.resolve("application.properties");
        switch (how) {
            case "folder" -> Files.createDirectory(file);
            case "link that leads nowhere" -> Files.createSymbolicLink(file, folder.resolve("gone"));
            // As with a folder that may not be searched, nobody can tell what is there.
            case "link to itself" -> Files.createSymbolicLink(file, file);
            default -> {
                Files.writeString(file, "s3.prefix=x\n");
                assertThat(file.toFile().setReadable(false)).isTrue();
                assumeFalse(Files.isReadable(file), "root reads everything");
            }
        }

        assertFileRefused(file, "cannot be read");
    }

    @Test
    void file_thatIsAPipe_isRefused_withoutWaitingForAWriter() throws IOException {
        Path file = TestSettings.pipe(folder.resolve("application.properties"));

        assertTimeoutPreemptively(WAIT_MAX, () -> {
            assertThat(LogFormat.of(Map.of(), file)).isEqualTo("human");
            assertFileRefused(file, "cannot be read (it is a pipe, a socket or a device; put a regular file");
        });
    }

    @Test
    void keyFile_thatIsAPipe_isRefused_andALinkToAFileIsNot() throws IOException {
        Path pipe = TestSettings.pipe(folder.resolve("pipe"));
        Path link = Files.createSymbolicLink(folder.resolve("skey"), Path.of("file"));
        Files.writeString(folder.resolve("file"), TestSettings.SKEY);
        Settings settings = TestSettings.with("duo.skey", "", "duo.skey-file", link.toString());
        assertThat(settings.account().secretKey()).isEqualTo(TestSettings.SKEY);

        Files.delete(link);
        Files.createSymbolicLink(link, pipe);
        assertTimeoutPreemptively(WAIT_MAX, () -> {
            assertThat(catchThrowable(settings.account()::secretKey))
                    .hasMessageContaining(link + " (duo.skey-file) cannot be read (it is a pipe, ");
            assertThat(written(Form.FILE, Map.of("duo.skey", "", "duo.skey-file", pipe.toString()))
                            .problems())
                    .singleElement()
                    .asString()
                    .startsWith("Setting duo.skey-file is '" + pipe + "', a file that cannot be read (it is a pipe, ");
        });
    }

    private void assertFileRefused(Path file, String said) {
        SettingSources sources = SettingSources.of(inEnvironment(required(Map.of())), folder);
        Settings settings = new CamelSettings(sources, Map.of()).examine();

        assertThat(settings.problems())
                .singleElement()
                .asString()
                .startsWith("The settings' file " + file + " ")
                .contains(said);
        assertThat(config(sources, Map.of())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", "", "\uFEFF# a comment\n", "\uFEFF\n"})
    void byteOrderMark_isNoPartOfTheFirstName(String beginning) throws IOException {
        Files.writeString(folder.resolve("application.properties"), beginning + "s3.prefix=donn\u00E9es\n");
        SettingSources sources = SettingSources.of(inEnvironment(required(Map.of())), folder);

        Settings settings = new CamelSettings(sources, Map.of()).examine();

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.log().prefix()).hasToString("donn\u00E9es");
        assertThat(LogFormat.of(Map.of(), file(beginning + "log.format=json\n")))
                .isEqualTo("json");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("application.properties"), text);
    }

    // ---- The key's file.

    static Stream<Arguments> wrongKeyFiles() {
        return Stream.of(
                Arguments.of("quotes", ("\"" + TestSettings.SKEY + "\"\n").getBytes(UTF_8), "quotation marks"),
                Arguments.of(
                        "a line of an environment",
                        ("DUO_SKEY=" + TestSettings.SKEY).getBytes(UTF_8),
                        "begins with DUO_SKEY="),
                Arguments.of(
                        "exported", ("export DUO_SKEY=" + TestSettings.SKEY).getBytes(UTF_8), "begins with DUO_SKEY="),
                Arguments.of(
                        "several lines",
                        (TestSettings.IKEY + "\n" + TestSettings.SKEY).getBytes(UTF_8),
                        "invisible character (U+000A)"),
                Arguments.of("UTF-16", ("\uFEFF" + TestSettings.SKEY).getBytes(UTF_16LE), "is not UTF-8"),
                Arguments.of("UTF-16 unmarked", TestSettings.SKEY.getBytes(UTF_16LE), "is not text in UTF-8"),
                Arguments.of(
                        "zero width", (TestSettings.SKEY + "\u200B").getBytes(UTF_8), "invisible character (U+200B)"),
                Arguments.of("only a mark", "\uFEFF\n".getBytes(UTF_8), "is empty"),
                Arguments.of("nothing", new byte[0], "is empty"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongKeyFiles")
    void keyFile_isRefused_beforeAnyRequest_andWhenItIsReadAnew(String name, byte[] bytes, String said)
            throws IOException {
        Path file = Files.writeString(folder.resolve("skey"), "\uFEFF" + TestSettings.SKEY + "\r\n");
        Settings settings = TestSettings.with("duo.skey", "", "duo.skey-file", file.toString());
        assertThat(settings.account().secretKey()).as("with a byte order mark").isEqualTo(TestSettings.SKEY);

        Files.write(file, bytes);

        assertThat(catchThrowable(settings.account()::secretKey))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(said)
                .message()
                .doesNotContain(TestSettings.SKEY);
        for (Form form : Form.values()) {
            Map<String, String> withFile = Map.of("duo.skey", "", "duo.skey-file", file.toString());
            assertThat(written(form, withFile).problems())
                    .as(form.toString())
                    .singleElement()
                    .asString()
                    .startsWith("Setting duo.skey-file is '" + file + "', a file that ")
                    .contains(said)
                    .doesNotContain(TestSettings.SKEY);
        }
    }

    // ---- Karaf.

    @ParameterizedTest
    @EnumSource(Form.class)
    void missingSetting_isAskedForWhereItsOperatorSetsIt(Form form) throws IOException {
        Map<String, String> withoutBucket = required(Map.of());
        withoutBucket.remove("s3.bucket");

        assertThat(new Written(form, withoutBucket).problems())
                .singleElement()
                .asString()
                .startsWith("Setting s3.bucket is not set. It is the name of the bucket; set it in ")
                .endsWith(
                        switch (form) {
                            case KARAF -> "set it in " + CFG + ".";
                            case ENVIRONMENT ->
                                "application.properties, which the command init makes, or in the environment as S3_BUCKET.";
                            default -> "application.properties or in the environment as S3_BUCKET.";
                        });
    }

    // ---- Tools.

    private static Arguments value(String name, String value, String... said) {
        return Arguments.of(name, value, List.of(said));
    }

    private static Map<String, String> required(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "duo.api.host", TestSettings.API_HOST,
                "duo.ikey", TestSettings.IKEY,
                "duo.skey", TestSettings.SKEY,
                "s3.bucket", TestSettings.BUCKET));
        settings.putAll(more);
        return settings;
    }

    private static Map<String, String> inEnvironment(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>();
        settings.forEach((name, value) -> environment.put(EnvironmentPropertiesSource.variable(name), value));
        return environment;
    }

    private Written written(Form form, Map<String, String> settings) throws IOException {
        return new Written(form, required(settings));
    }

    private static int config(SettingSources sources, Map<String, String> overrides) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exitCode = ConfigCommand.print(sources, overrides, new PrintStream(printed, true, UTF_8), false);
        assertThat(printed.toString(UTF_8)).doesNotContain(TestSettings.SKEY, World.SKEY);
        assertThat(printed.toString(UTF_8).contains("WRONG: ")).isEqualTo(exitCode != 0);
        return exitCode;
    }

    /** Settings in one of the forms. */
    private final class Written {

        private final SettingSources sources;

        Written(Form form, Map<String, String> settings) throws IOException {
            Map<String, String> environment = new HashMap<>();
            if (form == Form.ENVIRONMENT) {
                settings.forEach((name, value) -> environment.put(EnvironmentPropertiesSource.variable(name), value));
            }
            Path file = folder.resolve("application.properties");
            if (form == Form.FILE) {
                Files.write(
                        file, settings.entrySet().stream().map(Written::line).toList(), UTF_8);
            } else {
                Files.deleteIfExists(file);
            }
            sources = form == Form.KARAF
                    ? SettingSources.ofContainer(settings, folder.resolve("routes"), CFG)
                    : SettingSources.of(environment, folder);
        }

        private static String line(Map.Entry<String, String> setting) {
            return escaped(setting.getKey()).replace(" ", "\\ ").replace("\u00A0", "\\u00a0") + "="
                    + escaped(setting.getValue());
        }

        private static String escaped(String text) {
            return text.replace("\\", "\\\\").replace("\n", "\\n");
        }

        Settings settings() {
            return new CamelSettings(sources, Map.of()).examine();
        }

        List<String> problems() {
            return new ArrayList<>(settings().problems());
        }

        int config() {
            return UnreadSettingsTest.config(sources, Map.of());
        }

        @Override
        public String toString() {
            return sources.toString();
        }
    }
}
