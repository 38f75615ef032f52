// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page, made of what {@code --help} of each command says, as roff with the macros of man(7). It has no date: two
 * builds of one commit give the same page.
 */
final class ManPage {

    /** What the program is started by. */
    private static final String NAME = "duo-collector";

    private final List<String> lines = new ArrayList<>();

    /** The options that every command has, told once. */
    private final Set<String> common = new LinkedHashSet<>();

    private ManPage() {}

    /** Returns the page of the program. */
    static String of(CommandLine program, String version) {
        ManPage page = new ManPage();
        page.write(program, version);
        return String.join("\n", page.lines) + "\n";
    }

    private void write(CommandLine program, String version) {
        CommandSpec root = program.getCommandSpec();
        macro("TH", NAME.toUpperCase(Locale.ROOT), "1", "", version, "Duo telephony collector");
        macro("SH", "NAME");
        text(NAME + " - copies Cisco Duo's logs into Amazon S3, every event exactly once");
        macro("SH", "SYNOPSIS");
        lines.add(bold(NAME) + " " + italic("COMMAND") + " [" + italic("OPTION") + " ...]");
        macro("SH", "DESCRIPTION");
        paragraphs(root.usageMessage().description());
        macro("PP");
        text("Without a command, the program does run.");
        macro("SH", "OPTIONS");
        text("Every command has these:");
        root.options().forEach(option -> {
            common.addAll(Arrays.asList(option.names()));
            argument(option);
        });
        macro("SH", "COMMANDS");
        commands(program);
        macro("SH", "FILES");
        definition(bold("application.properties"), "The settings, in the working directory.");
        definition(
                bold("routes/"), "Routes of your own, in the working directory, before those that the program brings.");
        macro("SH", "ENVIRONMENT");
        text(
                "Each setting has a variable that overrides its line in application.properties: duo.api.host is DUO_API_HOST."
                        + " AWS credentials come as the AWS SDK finds them.");
        definition(bold("NO_COLOR"), "If set, help has no colors.");
    }

    private void commands(CommandLine parent) {
        for (CommandLine command : new LinkedHashSet<>(parent.getSubcommands().values())) {
            CommandSpec spec = command.getCommandSpec();
            if (spec.usageMessage().hidden()) {
                continue;
            }
            String name = spec.qualifiedName().replaceFirst("^\\S+ ", "");
            macro("SS", name);
            lines.add(bold(NAME + " " + name) + synopsis(spec));
            macro("PP");
            paragraphs(spec.usageMessage().description());
            spec.positionalParameters().forEach(this::argument);
            spec.options().stream()
                    .filter(option -> !common.containsAll(Arrays.asList(option.names())))
                    .forEach(this::argument);
            if (!spec.usageMessage().exitCodeList().isEmpty()) {
                macro("PP");
                text("Exit codes:");
                spec.usageMessage().exitCodeList().forEach((code, meaning) -> definition(bold(code), meaning));
            }
            examples(spec.usageMessage().footer());
            commands(command);
        }
    }

    private static String synopsis(CommandSpec spec) {
        String parameters = spec.positionalParameters().stream()
                .map(parameter -> " " + italic(parameter.paramLabel()))
                .collect(Collectors.joining());
        return parameters + " [" + italic("OPTION") + " ...]";
    }

    private void argument(ArgSpec argument) {
        if (argument.hidden()) {
            return;
        }
        String head = argument instanceof OptionSpec option
                ? Arrays.stream(option.names()).map(ManPage::bold).collect(Collectors.joining(", "))
                        + (option.arity().max() > 0 ? "=" + italic(option.paramLabel()) : "")
                : italic(((PositionalParamSpec) argument).paramLabel());
        definition(head, String.join(" ", argument.description()));
    }

    private void definition(String head, String meaning) {
        macro("TP");
        lines.add(head);
        text(meaning);
    }

    private void paragraphs(String... texts) {
        for (int i = 0; i < texts.length; i++) {
            if (i > 0) {
                macro("PP");
            }
            text(texts[i]);
        }
    }

    private void examples(String... examples) {
        if (examples.length == 0) {
            return;
        }
        macro("PP");
        text("Examples:");
        macro("PP");
        macro("nf");
        Arrays.stream(examples).forEach(this::text);
        macro("fi");
    }

    private void macro(String name, String... arguments) {
        lines.add("." + name
                + Arrays.stream(arguments)
                        .map(argument -> " \"" + escaped(argument).replace("\"", "\\(dq") + "\"")
                        .collect(Collectors.joining()));
    }

    private void text(String text) {
        // A line that begins with a dot or an apostrophe would be a macro.
        lines.add(escaped(text.replace("%n", " ").replace("%%", "%")).replaceFirst("^([.'])", "\\\\&$1"));
    }

    private static String bold(String text) {
        return "\\fB" + escaped(text) + "\\fR";
    }

    private static String italic(String text) {
        return "\\fI" + escaped(text) + "\\fR";
    }

    /** A hyphen would be typeset as one, and could not be copied; what is not ASCII has a name of its own. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-");
                default -> {
                    if (point < 0x80) {
                        escaped.appendCodePoint(point);
                    } else {
                        escaped.append(String.format(Locale.ROOT, "\\[u%04X]", point));
                    }
                }
            }
        });
        return escaped.toString();
    }
}
