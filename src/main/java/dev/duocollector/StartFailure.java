// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.PropertyBindingException;

/** Why the program cannot start, said to whoever wrote the settings and the routes: one line for each mistake. */
final class StartFailure {

    private static final String CANNOT_START = "The program cannot start: ";

    private StartFailure() {}

    /**
     * Returns the lines: those of the settings, else one that names what is wrong and where, as far as Camel tells.
     *
     * @param fileOfRoute gives the file that a route, by its id, is from; empty if it is not known
     */
    static List<String> lines(Throwable failure, UnaryOperator<String> fileOfRoute) {
        String place = "";
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause;
            if (cause instanceof SettingsException settings) {
                return settings.problems();
            }
            if (cause instanceof PropertyBindingException wrong) {
                return List.of(option(wrong, place));
            }
            if (cause instanceof FailedToCreateRouteException broken) {
                place = place(broken.getRouteId(), fileOfRoute);
            } else if (cause instanceof FailedToStartRouteException broken) {
                place = place(broken.getRouteId(), fileOfRoute);
            }
        }
        return List.of(CANNOT_START + place + oneLine(root));
    }

    /** Names an option without its value, which stands in Camel's own message and may be a key to something. */
    private static String option(PropertyBindingException wrong, String place) {
        String name = wrong.getOptionKey() == null ? wrong.getPropertyName() : wrong.getOptionKey();
        if (wrong.getOptionPrefix() == null) {
            String target = wrong.getTarget() == null
                    ? ""
                    : " of " + wrong.getTarget().getClass().getSimpleName();
            return CANNOT_START + place + "property " + name + target + " does not exist, or its value does not fit";
        }
        String prefix = wrong.getOptionPrefix();
        return "Setting " + prefix + (prefix.endsWith(".") ? "" : ".") + name
                + " does not exist, or its value does not fit. See"
                + " https://camel.apache.org/components/4.18.x/others/main.html for those that do.";
    }

    private static String place(String routeId, UnaryOperator<String> fileOfRoute) {
        String file = fileOfRoute.apply(routeId);
        return "route " + routeId + (file.isEmpty() ? "" : " in " + file) + ": ";
    }

    /**
     * Puts a message of several lines into one. Those of the YAML parser are sentences and places, which begin with one blank
     * at most, and excerpts of the file, which are set in deeper.
     */
    private static String oneLine(Throwable failure) {
        if (failure.getMessage() == null) {
            return failure.getClass().getSimpleName();
        }
        return failure.getMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("  "))
                .map(String::strip)
                .collect(Collectors.joining(" "))
                .replaceFirst(":$", "");
    }
}
