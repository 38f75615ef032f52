// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program: hands its arguments to a command, and its exit code to the system. */
@Command(
        name = "duo-telephony-collector",
        description = "Collects Cisco Duo's telephony log into S3, every event exactly once.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            OnceCommand.class,
            CheckCommand.class,
            ConfigCommand.class,
            StateCommand.class,
            BackfillCommand.class,
            VerifyCommand.class,
            UdmCommand.class
        },
        footerHeading = "%nSettings:%n",
        footer = {
            "  application.properties in the working directory, and the environment over it: duo.api.host is DUO_API_HOST.",
            "  Required: DUO_API_HOST, DUO_IKEY, DUO_SKEY or DUO_SKEY_FILE, S3_BUCKET. AWS credentials as the AWS SDK finds them.",
            "  Without a command, the program does run."
        })
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Logback looks for its file once, when the first logger is made, so this comes before anything that logs.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dev/duocollector/logback.xml");
        }
        LogFormat.apply();
        System.exit(execute(args));
    }

    /** Runs the command that the arguments name, and returns what the program exits with. */
    static int execute(String... args) {
        CommandLine commandLine = new CommandLine(new Main());
        boolean asked = args.length > 0;
        return commandLine.execute(asked ? args : new String[] {"run"});
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"duo-telephony-collector " + (version == null ? "(not packaged)" : version)};
        }
    }
}
