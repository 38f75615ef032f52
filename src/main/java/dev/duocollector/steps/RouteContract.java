// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.settings.RouteFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RouteDefinition;

/**
 * Holds the routes that Camel has to {@link RouteFiles#CONTRACT}, wherever they were loaded from.
 */
public final class RouteContract {

    /** A route of each file, by which the file is known wherever it was loaded from. */
    private static final Map<String, String> FILES = Map.of(
            "collect", "collect",
            "duo-accounts", "duo-accounts",
            "duo-page", "duo-page",
            "recover", "recover",
            "report", "error-handling",
            "schedule", "schedule",
            "compare-yesterday", "self-check",
            "store", "store",
            "udm", "udm",
            "verify", "verify");

    private RouteContract() {}

    /**
     * Returns a line for each file that is of another release, wherever Camel has it from, and for each route that Camel has made
     * without its error handling, because it did not know it yet.
     */
    public static List<String> problems(CamelContext camel) {
        List<RouteDefinition> loaded =
                camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
        Stream<String> routes = loaded.stream()
                .filter(route -> FILES.containsKey(String.valueOf(route.getRouteId())))
                .flatMap(route -> Stream.of(
                                problem(
                                        camel,
                                        "route " + route.getRouteId() + place(route),
                                        FILES.get(route.getRouteId())),
                                withoutErrorHandling(route))
                        .flatMap(Optional::stream));
        return Stream.concat(problem(camel, "collector's list of beans", "beans").stream(), routes)
                .sorted()
                .toList();
    }

    private static Optional<String> withoutErrorHandling(RouteDefinition route) {
        boolean found = route.getRouteConfigurationId() == null
                || route.getOutputs().stream().anyMatch(OnExceptionDefinition.class::isInstance);
        return found
                ? Optional.empty()
                : Optional.of("the route " + route.getRouteId() + " has no error handling: Camel has loaded it before"
                        + " error-handling.camel.yaml. Load all files of the collector at once.");
    }

    private static String place(RouteDefinition route) {
        return route.getResource() == null ? "" : " (" + route.getResource().getLocation() + ")";
    }

    private static Optional<String> problem(CamelContext camel, String what, String file) {
        String bean = file + "-contract-" + RouteFiles.CONTRACT;
        return camel.getRegistry().lookupByName(bean) != null
                ? Optional.empty()
                : Optional.of("the " + what + " is of another release than the program: there is no bean " + bean
                        + ". It would switch rules of this release off. Take the " + file
                        + ".camel.yaml that comes with this release.");
    }
}
