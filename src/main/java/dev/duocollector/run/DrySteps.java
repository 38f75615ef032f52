// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.duocollector.sink.NdjsonDataFormat;
import dev.duocollector.source.DuoEvent;
import dev.duocollector.source.DuoSource;
import dev.duocollector.steps.DryEndpoints;
import dev.duocollector.steps.EventSteps;
import dev.duocollector.steps.EventStepsException;
import dev.duocollector.steps.StepRoutes;
import dev.duocollector.text.Count;
import dev.duocollector.text.MaskedLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultExchange;

/**
 * Has the operator's steps see a page's new events, and says what they would store of it. Nothing is delivered where the
 * context has {@link DryEndpoints}.
 */
final class DrySteps {

    private final CamelContext camel;
    private final DuoSource source;
    private final DryEndpoints endpoints;
    private final boolean show;
    private final NdjsonDataFormat ndjson;

    /** @param show whether personal data may be printed */
    DrySteps(CamelContext camel, DuoSource source, DryEndpoints endpoints, boolean show) {
        this.camel = camel;
        this.source = source;
        this.endpoints = endpoints;
        this.show = show;
        this.ndjson = CamelContextHelper.mandatoryLookup(camel, "ndjson", NdjsonDataFormat.class);
    }

    /**
     * Returns lines to print.
     *
     * @param fresh the page's new events, which the steps may change
     * @param objectKey what a run would store them under
     * @throws Exception if a run would fail with it; the message says how
     */
    List<String> lines(List<DuoEvent> fresh, String objectKey) throws Exception {
        List<String> before = new ArrayList<>(fresh.size());
        for (DuoEvent event : fresh) {
            before.add(line(event));
        }
        List<Object> left = new ArrayList<>(left(fresh, objectKey));
        List<String> after = new ArrayList<>(left.size());
        for (Object event : left) {
            after.add(line(event));
        }
        return report(fresh, before, left, after);
    }

    private Collection<?> left(List<DuoEvent> fresh, String objectKey) throws Exception {
        Exchange steps;
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            steps = template.send(StepRoutes.STEPS, ExchangePattern.InOut, exchange -> {
                exchange.setVariable("objectKey", objectKey);
                exchange.setVariable("log", source.log().toString());
                exchange.getMessage().setBody(new ArrayList<>(fresh));
            });
        }
        Exception failure = EventSteps.failure(steps);
        if (failure != null && !(failure instanceof EventStepsException)) {
            throw failure;
        }
        try {
            if (failure instanceof EventStepsException failed) {
                throw failed;
            }
            return CheckEvents.checked(steps.getMessage().getBody());
        } catch (EventStepsException e) {
            throw e.inDryRun(notCalled());
        }
    }

    private List<String> report(List<DuoEvent> fresh, List<String> before, List<Object> left, List<String> after) {
        Map<String, Integer> untouched = new HashMap<>();
        before.forEach(line -> untouched.merge(line, 1, Integer::sum));
        int changed = 0;
        for (String line : after) {
            if (untouched.merge(line, -1, Integer::sum) < 0) {
                changed++;
            }
        }
        int dropped = Math.max(0, before.size() - after.size());
        List<String> lines = new ArrayList<>();
        lines.add("Your steps: " + Count.of(before.size(), "event") + " read, " + dropped + " dropped, " + changed
                + " changed" + (after.size() > before.size() ? ", " + (after.size() - before.size()) + " added" : "")
                + ".");
        if (!before.isEmpty()) {
            int first = first(fresh, before, left, after);
            UnaryOperator<String> shown = show ? UnaryOperator.identity() : MaskedLine::of;
            lines.add("Before: " + shown.apply(before.get(first)));
            lines.add("After:  "
                    + after(fresh, first, left, after).map(shown).orElse("(dropped: no line is stored of it)"));
            lines.add(show ? "" : "Letters and digits are masked where they may be personal; --show shows them.");
            lines.removeIf(String::isEmpty);
        }
        String notCalled = notCalled();
        if (!notCalled.isEmpty()) {
            lines.add(notCalled);
        }
        return lines;
    }

    private String notCalled() {
        // What a step does not wait for may not have come so far.
        StepRoutes routes = StepRoutes.of(camel);
        for (RouteDefinition route : routes.reached()) {
            routes.targets(route).stream()
                    .filter(target -> !target.isAwaited())
                    .forEach(target -> endpoints.skip(camel.getEndpoint(target.uri())));
        }
        List<String> skipped = endpoints.skipped();
        return skipped.isEmpty()
                ? ""
                : "Not sent to, because this is a dry run: " + String.join(", ", skipped)
                        + ". The steps behind it saw the events as they were before it.";
    }

    /** The first event that is changed or dropped, or else the first. */
    private static int first(List<DuoEvent> fresh, List<String> before, List<Object> left, List<String> after) {
        for (int i = 0; i < before.size(); i++) {
            if (!after(fresh, i, left, after).equals(Optional.of(before.get(i)))) {
                return i;
            }
        }
        return 0;
    }

    /** What became of an event: found as the object that it was, or, where the steps made others, at its place. */
    private static Optional<String> after(List<DuoEvent> fresh, int event, List<Object> left, List<String> after) {
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i) == fresh.get(event)) {
                return Optional.of(after.get(i));
            }
        }
        return left.size() == fresh.size() ? Optional.of(after.get(event)) : Optional.empty();
    }

    private String line(Object event) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        Exchange exchange = new DefaultExchange(camel);
        exchange.setVariable(DuoSource.VARIABLE, source);
        ndjson.marshal(exchange, event, line);
        return line.toString(UTF_8).strip();
    }
}
