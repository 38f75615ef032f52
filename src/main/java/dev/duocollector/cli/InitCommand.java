// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.failure.ExitCode;
import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import dev.duocollector.settings.EnvironmentPropertiesSource;
import dev.duocollector.settings.NewSettings;
import dev.duocollector.settings.Selection;
import dev.duocollector.settings.Setting;
import dev.duocollector.settings.SettingTable;
import dev.duocollector.setup.NewFiles;
import dev.duocollector.setup.Setup;
import dev.duocollector.text.PlainLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the settings of a new installation, and the policies that it needs. */
@Command(
        name = "init",
        description = {
            "Makes the settings of a new installation and the AWS policies for its bucket, in the working directory.",
            "Asks on a terminal for what no option says, and then says what to do at Duo and AWS. Never overwrites: if one of"
                    + " its files is there, it writes none. Asks neither Duo nor AWS itself, but for a check."
        },
        exitCodeList = {
            "0:written",
            "1:a file could not be written, such as on a full disk: none was",
            "2:something is missing or not allowed, or a file is there already: none was written"
        },
        footer = {
            "  init                       asks for everything",
            "  init --api-host api-1a2b3c4d.duosecurity.com --ikey DIXXXXXXXXXXXXXXXXXX \\",
            "       --bucket my-duo-logs --region eu-central-1 < key    for scripts"
        })
final class InitCommand implements Callable<Integer> {

    private static final Set<String> NO = Set.of("n", "no");

    /** Far more than a key has. */
    private static final int KEY_BYTES_MAX = 1 << 16;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--api-host", paramLabel = "HOST", description = "The API hostname, api-1a2b3c4d.duosecurity.com.")
    private @Nullable String apiHost;

    @Option(names = "--ikey", paramLabel = "KEY", description = "The integration key.")
    private @Nullable String ikey;

    @Option(
            names = "--skey-file",
            paramLabel = "FILE",
            description =
                    "A file that has the secret key, which the settings will name. Without this option the key is asked"
                            + " for, or read from standard input where that is no terminal, and put into the file skey, which only"
                            + " its owner may read. It is never an argument.")
    private @Nullable String keyFile;

    @Option(
            names = "--logs",
            paramLabel = "LOGS",
            description = "One or more of telephony, authentication and activity, by commas. By default telephony.")
    private @Nullable String logs;

    @Option(names = "--bucket", paramLabel = "NAME", description = "The bucket's name.")
    private @Nullable String bucket;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The bucket's region, such as eu-central-1. By default as the AWS SDK finds it.")
    private @Nullable String region;

    @Option(names = "--udm", description = "Also write each object as UDM events, under duo-telephony-udm and so on.")
    private boolean udm;

    @Option(names = "--batch", description = "Do not ask, although there is a terminal.")
    private boolean batch;

    @Option(
            names = "--check",
            description = "Then check whether a run would succeed. The exit code is that of the check.")
    private boolean check;

    private final Path folder;
    private final Map<String, String> environment;
    private final Questions questions;
    private final InputStream in;
    private final IntSupplier checking;

    /** The input has ended before the last answer. */
    private static final class EndedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * What is asked.
     *
     * @param option what a script says instead
     * @param words the question at a terminal
     * @param missing what it is, for who leaves it out; empty if it has a default
     */
    private record Question(Setting<String> setting, String option, String words, String missing, boolean isSecret) {

        static Question of(Setting<String> setting, String option, String words, String missing) {
            return new Question(setting, option, words, missing, false);
        }
    }

    private static final Question HOST = Question.of(
            SettingTable.API_HOST,
            "--api-host",
            "API hostname, such as api-1a2b3c4d.duosecurity.com: ",
            "the API hostname of Duo's Admin API application");
    private static final Question INTEGRATION = Question.of(
            SettingTable.IKEY, "--ikey", "Integration key: ", "the integration key of Duo's Admin API application");
    private static final Question SECRET = new Question(
            SettingTable.SKEY,
            "--skey-file, or the key on standard input,",
            "Secret key, which is not shown: ",
            "the secret key of Duo's Admin API application",
            true);
    private static final Question SECRET_FILE = Question.of(
            SettingTable.SKEY_FILE,
            "--skey-file",
            "Secret key's file: ",
            "a file with the secret key of Duo's Admin API application");
    private static final Question LOGS = Question.of(
            SettingTable.LOGS, "--logs", "Logs, by commas, of telephony, authentication, activity [telephony]: ", "");
    private static final Question BUCKET =
            Question.of(SettingTable.BUCKET, "--bucket", "Bucket: ", "the name of the bucket");
    private static final Question REGION = Question.of(
            SettingTable.REGION,
            "--region",
            "The bucket's region, such as eu-central-1 [as the AWS SDK finds it]: ",
            "");

    InitCommand() {
        this(
                Path.of(""),
                System.getenv(),
                new Questions.OfTerminal(),
                System.in,
                () -> CheckCommand.check(Selection.ALL, false));
    }

    InitCommand(
            Path folder, Map<String, String> environment, Questions questions, InputStream in, IntSupplier checking) {
        this.folder = folder;
        this.environment = environment;
        this.questions = questions;
        this.in = in;
        this.checking = checking;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec().commandLine().getOut();
        try {
            NewFiles.requireRoom(folder, Setup.files(keyFile != null));
            boolean asks = !batch && questions.isTerminal();
            if (asks) {
                say("This makes the settings in " + NewFiles.place(folder)
                        + ". Nothing is written before the last answer; Ctrl-C ends it.");
                say(
                        "The first three are at Duo: Applications > Application Catalog > Admin API > + Add, as an administrator"
                                + " with the role Owner.");
            }
            Interview interview = new Interview(asks);
            String secretKey = interview.ask();
            if (interview.isRefused) {
                say("Nothing was written. See: " + spec().qualifiedName() + " --help");
                return ExitCode.OPERATOR;
            }
            Setup setup = keyFile == null
                    ? Setup.withKey(folder, interview.settings, secretKey)
                    : Setup.withKeyFile(folder, interview.settings, keyFile);
            setup.write().forEach(this::say);
            setup.report().forEach(line -> out.println(PlainLine.of(line)));
            out.flush();
            warnOfEnvironment();
            return check || (asks && isWanted("Check now whether a run would succeed? [Y/n] "))
                    ? checking.getAsInt()
                    : ExitCode.DONE;
        } catch (RefusedException e) {
            say(e.getMessage());
            return e.outcome().exitCode();
        } catch (EndedException e) {
            say("");
            say("Nothing was written: the input ended before the last answer.");
            return ExitCode.OPERATOR;
        }
    }

    /** Gets the answers: from the options, or else from the operator at a terminal. */
    private final class Interview {

        private final boolean asks;
        private final NewSettings settings = new NewSettings();
        private boolean isRefused;

        Interview(boolean asks) {
            this.asks = asks;
        }

        /** Gets each value, and returns the secret key. */
        String ask() throws EndedException {
            answer(HOST, apiHost);
            answer(INTEGRATION, ikey);
            String secretKey = asks ? key() : "";
            answer(LOGS, logs);
            answer(BUCKET, bucket);
            answer(REGION, region);
            if (udm) {
                take(SettingTable.UDM_PREFIX, "duo-{log}-udm");
            }
            // To read standard input may mean to wait; what is wrong with the options is said before.
            return asks ? secretKey : key();
        }

        private String key() throws EndedException {
            if (keyFile == null) {
                return answer(SECRET, asks ? null : fromInput());
            }
            keyFile = answer(SECRET_FILE, keyFile);
            return "";
        }

        private String fromInput() {
            try {
                boolean isWaitedFor = !questions.isInputTerminal() && (!isRefused || in.available() > 0);
                return isWaitedFor ? new String(in.readNBytes(KEY_BYTES_MAX), UTF_8) : "";
            } catch (IOException e) {
                throw new RefusedException(
                        RunOutcome.FAILED,
                        "Nothing was written: the secret key could not be read from standard input (" + e.getMessage()
                                + ").",
                        e);
            }
        }

        /**
         * Takes what was given, or else asks until there is an answer that is allowed. Where nobody can be asked, says what is
         * missing or wrong, and returns nothing.
         */
        private String answer(Question question, @Nullable String given) throws EndedException {
            String value = given == null ? "" : given.strip();
            boolean isOffered = !value.isEmpty();
            while (true) {
                if (!isOffered && asks) {
                    String typed =
                            question.isSecret() ? questions.secret(question.words()) : questions.line(question.words());
                    if (typed == null) {
                        throw new EndedException();
                    }
                    value = typed.strip();
                }
                boolean isMissing = value.isEmpty() && !question.missing().isEmpty();
                if (isMissing) {
                    say(
                            asks
                                    ? "It is needed: " + question.missing() + "."
                                    : "Option " + question.option() + " is missing: " + question.missing() + ".");
                } else if (value.isEmpty() || take(question.setting(), value)) {
                    return value;
                }
                if (!asks) {
                    isRefused = true;
                    return "";
                }
                isOffered = false;
            }
        }

        private boolean take(Setting<String> setting, String value) {
            List<String> problems = settings.set(setting, value);
            problems.forEach(InitCommand.this::say);
            return problems.isEmpty();
        }
    }

    private boolean isWanted(String question) {
        String answer = questions.line(question);
        return answer != null && !NO.contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    /** What is set there would count instead of what was asked for. */
    private void warnOfEnvironment() {
        for (Setting<?> setting : List.of(
                SettingTable.API_HOST,
                SettingTable.IKEY,
                SettingTable.SKEY,
                SettingTable.SKEY_FILE,
                SettingTable.LOGS,
                SettingTable.BUCKET,
                SettingTable.REGION,
                SettingTable.UDM_PREFIX)) {
            String variable = EnvironmentPropertiesSource.variable(setting.name());
            if (environment.containsKey(variable)) {
                say("The environment variable " + variable + " is set, and overrides these settings. Unset it.");
            }
        }
    }

    private void say(String line) {
        spec().commandLine().getErr().println(PlainLine.of(line));
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec, "spec");
    }
}
