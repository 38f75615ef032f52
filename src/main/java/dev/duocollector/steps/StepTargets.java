// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import dev.duocollector.failure.FailureText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;

/**
 * Finds at start what would fail every run: a step that sends to a {@code direct:} that no route begins with, and a script
 * of a {@code language:} endpoint that does not compile, which Camel reads only when an event comes.
 */
final class StepTargets {

    /** The collector's own routes begin with these; what they reach is looked at, and nothing of an application around them. */
    private static final Set<String> BEGINNINGS =
            Set.of("direct:telephony", "direct:verify", "seda:runs", StepRoutes.STEPS);

    /** Asks for runs; which route it is, the operator may choose. */
    private static final String RUNS = "seda:runs";

    private static final Pattern SCRIPT = Pattern.compile("language:(?://)?([A-Za-z]+):(?!resource:)([^?]*)(?:[?].*)?");

    private StepTargets() {}

    /** @throws RouteRefusedException with a line for each mistake */
    static void check(CamelContext camel) {
        StepRoutes routes = StepRoutes.of(camel);
        Set<RouteDefinition> looked = new LinkedHashSet<>(routes.reached(BEGINNINGS::contains));
        routes.all().stream()
                .filter(route -> routes.targets(route).stream()
                        .anyMatch(target -> target.address().equals(RUNS)))
                .forEach(looked::add);
        List<String> problems = new ArrayList<>();
        for (RouteDefinition route : looked) {
            for (StepRoutes.Target target : routes.targets(route)) {
                problem(camel, routes, target)
                        .ifPresent(what -> problems.add(StepPlace.of(route, target.step()) + what));
            }
        }
        circle(routes).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            throw new RouteRefusedException(problems);
        }
    }

    private static Optional<String> problem(CamelContext camel, StepRoutes routes, StepRoutes.Target target) {
        if (target.isDirect() && !routes.begins(target.address())) {
            String own = target.address().equals(StepRoutes.STEPS)
                    ? " Your steps must begin with it, from: direct:event-steps in routes/event-steps.camel.yaml."
                    : "";
            return Optional.of("no route that is started begins with " + target.address()
                    + ", so every run would fail here." + own + " There are "
                    + routes.direct().stream().sorted().collect(Collectors.joining(", ")) + ".");
        }
        Matcher script = SCRIPT.matcher(target.uri());
        return script.matches() ? flaw(camel, script.group(1), script.group(2)) : Optional.empty();
    }

    /** What the steps are a part of, they cannot call: a run would wait for itself, or never come to an end. */
    private static Optional<String> circle(StepRoutes routes) {
        for (RouteDefinition route : routes.beginning(StepRoutes.STEPS)) {
            for (StepRoutes.Target target : routes.targets(route)) {
                if (callsSteps(routes, target, new HashSet<>())) {
                    return Optional.of(StepPlace.of(route, target.step()) + target.address() + " leads back to "
                            + StepRoutes.STEPS + ", so a run would never end. To ask for a run, send to " + RUNS + ".");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean callsSteps(StepRoutes routes, StepRoutes.Target target, Set<String> seen) {
        return target.isDirect()
                && (target.address().equals(StepRoutes.STEPS)
                        || (seen.add(target.address())
                                && routes.beginning(target.address()).stream()
                                        .flatMap(route -> routes.targets(route).stream())
                                        .anyMatch(next -> callsSteps(routes, next, seen))));
    }

    private static Optional<String> flaw(CamelContext camel, String language, String script) {
        try {
            camel.resolveLanguage(language)
                    .createExpression(URLDecoder.decode(script.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .init(camel);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of("the script of the endpoint language:" + language + ":" + script + " cannot be read ("
                    + FailureText.brief(e) + ")");
        }
    }
}
