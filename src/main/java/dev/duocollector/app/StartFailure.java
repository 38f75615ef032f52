// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.app;

import dev.duocollector.settings.SettingsException;
import dev.duocollector.steps.RouteRefusedException;
import dev.duocollector.steps.StepPlace;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/** Why the program cannot start, in one line for each mistake in the settings and the routes. */
public final class StartFailure {

    private static final String CANNOT_START = "The program cannot start: ";

    /** Camel's words, because its exceptions have no accessors. */
    private static final Pattern STEP = Pattern.compile("at: >>> (.*) <<< in route: ", Pattern.DOTALL);

    private static final Pattern DUPLICATE = Pattern.compile("Duplicate route ids detected: ([^.]+)\\.");

    /** What it most often is: a copy whose name has a slip. */
    private static final String SAME_NAME =
            " A route file of yours takes the place of one of the jar's only under the very same name, such as"
                    + " collect.camel.yaml; under any other, its routes are added to the jar's.";

    private static final Pattern FILE = Pattern.compile("Error pre-parsing resource: (\\S+)");
    private static final Pattern BEAN = Pattern.compile("Error creating bean: (\\S+) of type: .*");

    private StartFailure() {}

    /** Returns the routes that a context knows; none if there is no context yet. */
    static List<RouteDefinition> routesOf(@Nullable CamelContext context) {
        return context == null
                ? List.of()
                : context.getCamelContextExtension()
                        .getContextPlugin(Model.class)
                        .getRouteDefinitions();
    }

    /**
     * Returns the lines: those of the settings, else one that names what is wrong and where, as far as Camel says it.
     *
     * @param routes those that Camel knows, which may be more of one id
     */
    public static List<String> lines(Throwable failure, List<RouteDefinition> routes) {
        String place = "";
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause;
            if (cause instanceof SettingsException settings) {
                return settings.problems();
            }
            if (cause instanceof RouteRefusedException refused) {
                return refused.problems().stream()
                        .map(problem -> CANNOT_START + problem)
                        .toList();
            }
            if (cause instanceof PropertyBindingException wrong) {
                return List.of(option(wrong, place));
            }
            place = place(cause, routes, place);
        }
        Optional<String> empty = withoutFrom(routes);
        if (empty.isPresent()) {
            return List.of(CANNOT_START + empty.get());
        }
        String why = oneLine(root);
        return List.of(CANNOT_START + place + why + (DUPLICATE.matcher(why).find() ? SAME_NAME : ""));
    }

    /** Camel takes a route without a beginning, and fails at it without a word of it. */
    private static Optional<String> withoutFrom(List<RouteDefinition> routes) {
        return routes.stream()
                .filter(route -> route.getInput() == null && route.getResource() != null)
                .map(route -> "a route in " + route.getResource().getLocation()
                        + " has no from: and so never gets anything. Add it, or remove the route.")
                .findFirst();
    }

    /** Returns where a failure has its cause: what this one of its exceptions says, else what was known before. */
    private static String place(Throwable cause, List<RouteDefinition> routes, String known) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof FailedToCreateRouteException broken) {
            Matcher duplicate = DUPLICATE.matcher(message);
            Matcher step = STEP.matcher(message);
            List<String> ids = duplicate.find()
                    ? List.of(duplicate.group(1).split(","))
                    : Stream.ofNullable(broken.getRouteId()).toList();
            return place(ids, routes, step.find() ? Optional.of(step.group(1)) : Optional.empty());
        }
        if (cause instanceof FailedToStartRouteException broken) {
            return place(Stream.ofNullable(broken.getRouteId()).toList(), routes, Optional.empty());
        }
        Matcher file = FILE.matcher(message);
        Matcher bean = BEAN.matcher(message);
        if (file.matches()) {
            return file.group(1) + ": ";
        }
        return bean.matches() ? known + "bean " + bean.group(1) + ": " : known;
    }

    /** Names routes, their files, and the line of the step, or else of the route. */
    private static String place(List<String> ids, List<RouteDefinition> routes, Optional<String> step) {
        if (ids.isEmpty()) {
            return "";
        }
        String places = routes.stream()
                .filter(route -> ids.contains(route.getId()) && route.getResource() != null)
                .map(route -> route.getResource().getLocation() + ", line " + line(route, step))
                .collect(Collectors.joining(", and "));
        return (ids.size() == 1 ? "route " : "routes ") + String.join(", ", ids)
                + (places.isEmpty() ? "" : " in " + places) + ": ";
    }

    private static int line(RouteDefinition route, Optional<String> step) {
        return step.flatMap(text -> route.getOutputs().stream()
                        .filter(output -> output.toString().equals(text))
                        .findFirst())
                .map(output -> StepPlace.line(route.getResource(), output))
                .orElse(route.getLineNumber());
    }

    /** Names an option without its value, which is in Camel's own message and may be a secret. */
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

    /**
     * Puts a message of several lines into one. Those of the YAML parser are sentences and places, which begin with one blank
     * at most, and excerpts of the file, which are set in deeper.
     */
    private static String oneLine(Throwable failure) {
        if (failure instanceof ClassNotFoundException) {
            return "there is no class " + failure.getMessage();
        }
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
