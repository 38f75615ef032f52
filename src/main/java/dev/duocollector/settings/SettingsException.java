// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.settings;

import dev.duocollector.failure.RefusedException;
import dev.duocollector.failure.RunOutcome;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Wrong settings: one line each, with the setting, what it is, what it may be, and what to do. Holds no secret. */
public final class SettingsException extends RefusedException {

    private static final long serialVersionUID = 1L;

    private static final Pattern ABOUT_SETTING = Pattern.compile("^Settings? (\\S+) ");

    private final List<String> problems;

    public SettingsException(List<String> problems) {
        this(problems, false);
    }

    /** @param mayPass whether all of them may pass by themselves: a vault that cannot be reached */
    SettingsException(List<String> problems, boolean mayPass) {
        super(mayPass ? RunOutcome.FAILED : RunOutcome.OPERATOR, String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }

    /** Returns the setting that a line about wrong settings is about; each such line begins with its name. */
    public static String settingOf(String problem) {
        Matcher setting = ABOUT_SETTING.matcher(problem);
        return setting.find() ? setting.group(1) : "";
    }
}
