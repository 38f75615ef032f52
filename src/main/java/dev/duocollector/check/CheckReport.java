// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.duocollector.failure.ExitCode;
import dev.duocollector.text.JsonText;
import dev.duocollector.text.PlainLine;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a series of checks comes to, as lines for people, each as soon as it is known, or as one JSON document. */
public final class CheckReport {

    /** As long as the longest name. */
    private static final int NAME_CHARS = 18;

    private final List<Check> checks = new ArrayList<>();
    private final PrintStream out;
    private final boolean json;
    private final boolean signs;
    private final String done;

    /**
     * @param done what it means that nothing failed: the end of a sentence
     * @param json whether to print one JSON document at the end instead of lines
     * @param charset what the output is read as; where it has no ✓, words are used
     */
    public CheckReport(String done, PrintStream out, boolean json, Charset charset) {
        this.done = done;
        this.out = out;
        this.json = json;
        this.signs = charset.newEncoder().canEncode("✓✗–");
    }

    /** Takes a check in, and prints it. */
    public void add(Check check) {
        checks.add(check);
        if (!json) {
            out.println(PlainLine.of(line(check)));
            if (!check.remedy().isEmpty()) {
                out.println(
                        " ".repeat(sign(Check.Outcome.PASS).length() + NAME_CHARS + 2) + PlainLine.of(check.remedy()));
            }
        }
    }

    /** Prints what there is to say at the end, and returns what the program exits with. */
    public int end() {
        if (json) {
            out.println(document());
        } else {
            out.println(summary());
        }
        return exitCode();
    }

    private int exitCode() {
        if (count(Check.Outcome.FAIL_OPERATOR) > 0) {
            return ExitCode.OPERATOR;
        }
        return count(Check.Outcome.FAIL_AGAIN) > 0 ? ExitCode.AGAIN : ExitCode.DONE;
    }

    private String line(Check check) {
        return String.format(
                Locale.ROOT, "%s %-" + NAME_CHARS + "s %s", sign(check.outcome()), check.name(), check.detail());
    }

    private String sign(Check.Outcome outcome) {
        return switch (outcome) {
            case PASS -> signs ? "✓" : "ok  ";
            case SKIPPED -> signs ? "–" : "-   ";
            default -> signs ? "✗" : "FAIL";
        };
    }

    private String summary() {
        long failed = count(Check.Outcome.FAIL_AGAIN) + count(Check.Outcome.FAIL_OPERATOR);
        return count(Check.Outcome.PASS) + " passed, " + failed + " failed, " + count(Check.Outcome.SKIPPED)
                + " not checked: "
                + switch (exitCode()) {
                    case ExitCode.DONE -> done;
                    case ExitCode.AGAIN -> "what failed may pass by itself; check again.";
                    default -> "an operator is needed.";
                };
    }

    private long count(Check.Outcome outcome) {
        return checks.stream().filter(check -> check.outcome() == outcome).count();
    }

    private String document() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("exitCode", exitCode());
        ArrayNode all = document.putArray("checks");
        for (Check check : checks) {
            all.addObject()
                    .put("name", check.name())
                    .put("outcome", check.outcome().word())
                    .put("detail", check.detail())
                    .put("remedy", check.remedy());
        }
        return JsonText.lines(document);
    }
}
