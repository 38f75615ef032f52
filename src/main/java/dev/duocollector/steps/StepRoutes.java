// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.Model;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;

/**
 * Which routes the operator's steps go through, and where each step sends to, as far as the files say: an endpoint with a name
 * that is made while the route runs is not known before.
 */
public final class StepRoutes {

    /** Where the operator's steps begin. */
    public static final String STEPS = "direct:event-steps";

    private static final String DIRECT = "direct:";
    private static final String SEDA = "seda:";

    private final CamelContext camel;

    /** Each with the address that it begins with. */
    private final Map<RouteDefinition, String> all = new LinkedHashMap<>();

    private StepRoutes(CamelContext camel) {
        this.camel = camel;
    }

    public static StepRoutes of(CamelContext camel, RouteDefinition... more) {
        StepRoutes routes = new StepRoutes(camel);
        camel.getCamelContextExtension()
                .getContextPlugin(Model.class)
                .getRouteDefinitions()
                .forEach(routes::add);
        Stream.of(more).forEach(routes::add);
        return routes;
    }

    /**
     * A step that sends to an endpoint.
     *
     * @param uri its name, placeholders resolved, and parameters with it
     */
    public record Target(ProcessorDefinition<?> step, String uri) {

        /** {@code direct:name}, {@code seda:name}, or what else is before the parameters. */
        String address() {
            return StepRoutes.address(uri);
        }

        /** Whether the step continues only when that is done. */
        public boolean isAwaited() {
            return StepRoutes.isAwaited(step);
        }

        boolean isDirect() {
            return address().startsWith(DIRECT);
        }
    }

    /** Returns the routes that the steps reach. */
    public Set<RouteDefinition> reached() {
        return reached(STEPS::equals);
    }

    /** Returns the routes that begin with such an address, and those reached from there. */
    public Set<RouteDefinition> reached(Predicate<String> beginning) {
        Set<RouteDefinition> reached = new LinkedHashSet<>();
        Deque<RouteDefinition> open = new ArrayDeque<>();
        all.forEach((route, from) -> {
            if (beginning.test(from) && reached.add(route)) {
                open.add(route);
            }
        });
        while (!open.isEmpty()) {
            for (Target target : targets(open.remove())) {
                if (isLocal(target.address())) {
                    beginning(target.address()).stream().filter(reached::add).forEach(open::add);
                }
            }
        }
        return reached;
    }

    /** Returns where the steps of a route send to, those within others too. */
    public List<Target> targets(RouteDefinition route) {
        List<Target> targets = new ArrayList<>();
        for (ProcessorDefinition<?> step : steps(route)) {
            for (String uri : uris(step)) {
                targets.add(new Target(step, resolved(uri)));
            }
        }
        return targets;
    }

    /** Tells whether a route begins with the address, and takes what comes. */
    boolean begins(String address) {
        return beginning(address).stream().anyMatch(this::isStarted);
    }

    /** Returns the routes that begin with an address. */
    List<RouteDefinition> beginning(String address) {
        return all.keySet().stream()
                .filter(route -> address.equals(all.get(route)))
                .toList();
    }

    /** Returns the addresses that the routes begin with, {@code direct:} only. */
    List<String> direct() {
        return all.values().stream().filter(from -> from.startsWith(DIRECT)).toList();
    }

    Set<RouteDefinition> all() {
        return all.keySet();
    }

    private void add(RouteDefinition route) {
        String from = route.getInput() == null
                ? ""
                : address(resolved(route.getInput().getEndpointUri()));
        all.putIfAbsent(route, from);
    }

    /** Tells whether a step continues only when what it sends to is done. */
    static boolean isAwaited(NamedNode step) {
        if (step instanceof WireTapDefinition) {
            return false;
        }
        return !(step instanceof SendDefinition<?> send)
                || !address(send.getEndpointUri()).startsWith(SEDA)
                || !(send.getEndpointUri().contains("waitForTaskToComplete=Never")
                        || (send instanceof ToDefinition to && "InOnly".equals(to.getPattern())));
    }

    private boolean isStarted(RouteDefinition route) {
        return route.getAutoStartup() == null || !"false".equals(resolved(route.getAutoStartup()));
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // as Camel declares it
    private static List<ProcessorDefinition<?>> steps(RouteDefinition route) {
        List<ProcessorDefinition<?>> steps = new ArrayList<>();
        for (ProcessorDefinition step :
                ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class)) {
            steps.add(step);
        }
        return steps;
    }

    private static List<String> uris(ProcessorDefinition<?> step) {
        if (step instanceof ToDynamicDefinition dynamic) {
            return fixed(dynamic.getUri());
        }
        if (step instanceof SendDefinition<?> send) {
            return List.of(send.getEndpointUri());
        }
        boolean sends = step instanceof EnrichDefinition
                || step instanceof PollEnrichDefinition
                || step instanceof RecipientListDefinition
                || step instanceof RoutingSlipDefinition;
        if (sends && step instanceof ExpressionNode node && isConstant(node)) {
            return Stream.of(node.getExpression().getExpression().split(","))
                    .map(String::strip)
                    .filter(uri -> !uri.isEmpty())
                    .toList();
        }
        return List.of();
    }

    private static boolean isConstant(ExpressionNode node) {
        return node.getExpression() != null
                && node.getExpression().getExpression() != null
                && ("constant".equals(node.getExpression().getLanguage())
                        || ("simple".equals(node.getExpression().getLanguage())
                                && !isDynamic(node.getExpression().getExpression())));
    }

    private static List<String> fixed(String uri) {
        return uri == null || isDynamic(uri) ? List.of() : List.of(uri);
    }

    private static boolean isDynamic(String uri) {
        return uri.contains("${") || uri.contains("$simple{");
    }

    /** What cannot be resolved stays as it is; Camel refuses to start with it. */
    private String resolved(String text) {
        try {
            return camel.resolvePropertyPlaceholders(text);
        } catch (RuntimeException e) {
            return text;
        }
    }

    private static boolean isLocal(String address) {
        return address.startsWith(DIRECT) || address.startsWith(SEDA);
    }

    private static String address(String uri) {
        int parameters = uri.indexOf('?');
        String address = parameters < 0 ? uri : uri.substring(0, parameters);
        return Stream.of(DIRECT, SEDA)
                .filter(scheme -> address.startsWith(scheme + "//"))
                .findFirst()
                .map(scheme -> scheme + address.substring(scheme.length() + 2))
                .orElse(address);
    }
}
