// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import dev.duocollector.app.CamelSettings;
import dev.duocollector.check.Check;
import dev.duocollector.check.CheckReport;
import dev.duocollector.check.ClusterChecks;
import dev.duocollector.cluster.ClusterTables;
import dev.duocollector.settings.ClusterSettings;
import dev.duocollector.settings.Settings;
import dev.duocollector.settings.SettingsException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prepares and checks the database of a cluster. */
@Command(
        name = "cluster",
        description = "Prepares and checks the database that the nodes of a cluster share.",
        subcommands = {ClusterCommand.Ddl.class, ClusterCommand.CheckNodes.class, HelpCommand.class},
        footer = {
            "  cluster ddl | psql -h db.example.com -U owner duo    makes the tables",
            "  cluster check               whether this machine can take part"
        })
final class ClusterCommand implements Runnable {

    /** Whom the rights are for, where no setting says it. */
    private static final String USER = "duo_collector";

    @Spec
    private @Nullable CommandSpec spec;

    private final Map<String, String> environment;

    ClusterCommand() {
        this(System.getenv());
    }

    ClusterCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                Objects.requireNonNull(spec, "spec").commandLine(), "Missing: ddl or check.");
    }

    /** Prints the tables. */
    @Command(
            name = "ddl",
            description = {
                "Prints the SQL that makes the tables of a cluster, and what rights the nodes' user needs.",
                "It drops nothing, and changes nothing where the tables are: the owner of the database may run it at any time."
            })
    static final class Ddl implements Callable<Integer> {

        @CommandLine.ParentCommand
        private @Nullable ClusterCommand parent;

        @Spec
        private @Nullable CommandSpec spec;

        @Option(
                names = "--user",
                paramLabel = "NAME",
                description = "Who the nodes are in the database. By default cluster.user, or " + USER + ".")
        private @Nullable String user;

        @Override
        public Integer call() {
            PrintWriter out = Objects.requireNonNull(spec, "spec").commandLine().getOut();
            String name = user == null
                    ? settings(Objects.requireNonNull(parent, "parent"))
                            .process()
                            .cluster()
                            .map(ClusterSettings::user)
                            .filter(set -> !set.isEmpty())
                            .orElse(USER)
                    : user;
            out.print(ClusterTables.ddl(name));
            out.flush();
            return 0;
        }
    }

    /** Checks what a node needs. */
    @Command(
            name = "check",
            description = {
                "Checks the cluster's database: whether it can be reached, has the tables, and agrees with this machine's clock"
                        + " and with that of each node that takes part.",
                "Changes nothing. Takes up to ten seconds: nodes sign every five."
            },
            exitCodeList = {
                "0:this machine can take part",
                "1:something failed that may pass by itself, such as the network: check again",
                "2:needs an operator first; each line with a cross says what to do"
            })
    static final class CheckNodes implements Callable<Integer> {

        @CommandLine.ParentCommand
        private @Nullable ClusterCommand parent;

        @Option(names = "--json", description = "Print one JSON document instead of lines.")
        private boolean json;

        @Override
        public Integer call() {
            CheckReport report = new CheckReport(
                    "this machine can take part.", System.out, json, CheckCommand.standardOutputCharset());
            Settings settings = settings(Objects.requireNonNull(parent, "parent"));
            List<String> problems = settings.problems().stream()
                    .filter(line -> SettingsException.settingOf(line).startsWith("cluster."))
                    .toList();
            problems.forEach(line -> report.add(Check.fail("cluster-settings", line, "")));
            Optional<ClusterSettings> cluster = settings.process().cluster();
            if (problems.isEmpty() && cluster.isEmpty()) {
                report.add(Check.fail(
                        "cluster-settings",
                        "cluster.jdbc-url is not set: this is not a node of a cluster",
                        "Set it, cluster.user and cluster.password-file."));
            } else if (problems.isEmpty()) {
                String name = CamelSettings.of(Objects.requireNonNull(parent, "parent").environment)
                        .with(context -> context.resolvePropertyPlaceholders("{{camel.main.name}}"));
                new ClusterChecks(cluster.orElseThrow(), name, Clock.systemUTC(), report::add).run();
            }
            return report.end();
        }
    }

    private static Settings settings(ClusterCommand command) {
        return CamelSettings.of(command.environment).examine();
    }
}
